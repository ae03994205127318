"""A kind whose name is not its class's."""

from harness.declaration.kinds import Kind, snake_case


class BlueWhale(Kind):
    """Sings."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the class's name in other letters."""
        return (snake_case(cls.__name__),)
