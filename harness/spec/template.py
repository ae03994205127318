"""The text of a new spec: a commented start, or another's layers and recipe; it writes no file."""

from __future__ import annotations

from harness.declaration.yaml_text import Tree, parse
from harness.spec.architecture import MOST_TITLE, Architecture

_HEADER = """\
# yaml-language-server: $schema=schema.json
# An editor that reads the line above completes and checks as you type. '{check}' reports every mistake.
title: {title}  # in a few words
# document: file.txt            # the document that it comes from, by its file name,
# source: Author, title, year   # or the publication
dataset: {dataset}
"""

_LAYERS = """\
layers:                         # from the image (28, 28, 1) to the classes; Keras' names and arguments
  - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
  - MaxPooling2D: {pool_size: 2}
  - Flatten                     # a layer without fields is a word
  - Dense: {units: 10, activation: softmax}
"""

_TRAINING = """\
training:
  optimizer: {Adam: {learning_rate: 0.001}}
  loss: categorical_crossentropy
  batch_size: 64
  epochs: 2
"""

_CLAIMS = """\
claims: []                      # what the document claims, with the place where it does:
#  - test_accuracy: {value: 0.99, where: "In [4]"}      # every digit as published
#  - parameters: {value: 13610, where: "table 1"}
#  - better_than: {architecture: dense_512, where: "last sentence"}

assumptions: []                 # what the document leaves open and this file had to choose, a sentence each
"""


def new_spec(name: str) -> str:
    """Return a small commented spec that is valid as it stands."""
    return _spec(name, name, "mnist", _LAYERS, _TRAINING)


def derived_spec(name: str, original: Architecture, text: str) -> str:
    """Return a spec with the original's layers and recipe as its text writes them, and none of its claims."""
    tree = parse(text)
    title = f"{name}, from {original.name}"
    title = title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"
    return _spec(name, title, original.dataset, _block(text, tree, "layers"), _block(text, tree, "training"))


def _spec(name: str, title: str, dataset: str, layers: str, training: str) -> str:
    header = _HEADER.format(title=f'"{title}"', check=f"bench validate {name}", dataset=dataset)
    return f"{header}\n{layers}\n{training}\n{_CLAIMS}"


def _block(text: str, tree: Tree, key: str) -> str:
    """Return the lines of one top-level key, its comments with it."""
    lines = text.splitlines()
    starts = sorted(place.line - 1 for path, place in tree.keys.items() if len(path) == 1)
    start = tree.keys[(key,)].line - 1
    end = min((line for line in starts if line > start), default=len(lines))
    return "\n".join(lines[start:end]).rstrip() + "\n"
