"""The tables of what layers, losses, fields and others are called elsewhere; ``other_words.toml`` holds the words."""

from __future__ import annotations

from pathlib import Path

from harness.declaration.naming import OtherWords

_FILE = Path(__file__).with_suffix(".toml")

LAYERS = OtherWords(_FILE, "layers")
ACTIVATIONS = OtherWords(_FILE, "activations")
INITIALIZERS = OtherWords(_FILE, "initializers")
OPTIMIZERS = OtherWords(_FILE, "optimizers")
LOSSES = OtherWords(_FILE, "losses")
CLAIMS = OtherWords(_FILE, "claims")
# The fields of whatever is a kind; of several names those that it has are meant.
FIELDS = OtherWords(_FILE, "fields")
# Those of Keras' own networks.
APPLICATION = OtherWords(_FILE, "application")
RECIPE = OtherWords(_FILE, "recipe")
SPEC = OtherWords(_FILE, "spec")
DERIVED = OtherWords(_FILE, "derived")
