"""A kind with another name."""

from harness.declaration.kinds import Kind


class Cat(Kind):
    """Says nothing."""

    aliases = ("Felis",)
