"""The text of a spec file that is started: an example, another's parts, or a difference; reads and writes no file."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from harness.app.keras_import import ImportedParts
from harness.data.declarations import find_dataset
from harness.declaration.yaml_text import plain
from harness.spec.architecture import MOST_TITLE, Architecture
from harness.spec.keras_models.writing import flow
from harness.spec.numbering import numbered_layers

_HEADER = """\
# yaml-language-server: $schema=schema.json
# An editor that reads the line above completes and checks as you type. '{check}' reports every mistake.
title: {title}  # in a few words
# document: file.txt            # the document that it comes from, by its file name,
# source: Author, title, year   # or the publication
dataset: {dataset}
"""

_LAYERS = """\
layers:                         # from inputs of {inputs} to the classes; Keras' names and arguments
"""

_CONVOLUTION = """\
  - Conv2D: {filters: 8, kernel_size: 3, activation: relu}
  - MaxPooling2D: {pool_size: 2}
"""

_FLATTEN = """\
  - Flatten                     # a layer without fields is a word
"""

_HIDDEN = """\
  - Dense: {units: 64, activation: relu}
"""

_OUTPUT = """\
  - Dense: {units: classes, activation: softmax}    # an output for each class of the data set
"""

_OUTPUTS = """\
  - Dense: {units: classes, activation: sigmoid}    # an output for each label, of which an example may have several
"""

# Rows and columns, and how many of each a convolution and a pooling need.
_IMAGE_AXES, _SMALLEST_SIDE = 3, 4

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


_IMPORTED = """\
claims: []                      # what its document claims, with the place where it does

assumptions:                    # weights are drawn from the seed: those that are saved are not imported
{assumptions}
"""

_DERIVED = """\
# yaml-language-server: $schema=schema.json
# An editor that reads the line above completes and checks as you type. '{check}' reports every mistake.
title: {title}  # in a few words
extends: {parent}
{dataset}
changes:                        # how it differs, in any order; layers by the numbers of {parent}:
{layers}
#  - remove: {{layer: Dropout}}                                  # a kind where there is one such layer, else number: 4
#  - replace: {{number: 2, with: [AveragePooling2D]}}
#  - insert: {{after: Flatten, layers: [{{Dropout: {{rate: 0.5}}}}]}}    # or before; a kind or a number
#  - set: {{number: 1, activation: tanh}}
  - training: {{{phase}epochs: {epochs}}}

{claims}"""

_LINE = 110


def example_text(path: Path, dataset: str) -> str:
    """Return a small commented spec that is valid as it stands."""
    data = find_dataset(dataset, path.parent)
    inputs = data.inputs
    layers = _LAYERS.format(inputs=inputs)
    if len(inputs) == _IMAGE_AXES and min(inputs[:-1]) >= _SMALLEST_SIDE:
        layers += _CONVOLUTION + _FLATTEN
    else:
        layers += (_FLATTEN if len(inputs) > 1 else "") + _HIDDEN
    output, training = _OUTPUT, _TRAINING
    if data.multi_label:
        output, training = _OUTPUTS, _TRAINING.replace("categorical_", "binary_")
    return spec_text(path.stem, path.stem, dataset, layers + output, training)


def derived_text(name: str, parent: Architecture, dataset: str | None) -> str:
    """Return a spec that differs from its parent by an epoch, with the other kinds of change as comments."""
    numbered = [f"{one.number}\N{NO-BREAK SPACE}{one.layer.kind}" for one in numbered_layers(parent.layers)]
    layers = fill(", ".join(numbered), width=_LINE, initial_indent="#   ", subsequent_indent="#   ")
    other_data = dataset is not None and dataset != parent.dataset
    return _DERIVED.format(
        title=f'"{spec_title(name, parent.name)}"',
        check=f"bench validate {name}",
        parent=parent.name if isinstance(plain(parent.name), str) else f'"{parent.name}"',
        dataset=f"dataset: {dataset}" if other_data else "# dataset: fashion_mnist        # another data set",
        layers=layers.replace("\N{NO-BREAK SPACE}", " "),
        phase=f"phase: {len(parent.phases)}, " if parent.phases else "",
        epochs=parent.training.epochs + 1,
        claims=_CLAIMS,
    )


def spec_title(name: str, other: str) -> str:
    """Return the title of a spec that starts from another file."""
    title = f"{name}, from {other}"
    return title if len(title) <= MOST_TITLE else f"{title[: MOST_TITLE - 1]}…"


def imported_text(name: str, title: str, parts: ImportedParts) -> str:
    """Return a spec with the parts that a saved model gives."""
    assumptions = _IMPORTED.format(assumptions="\n".join(f"  - {flow(sentence)}" for sentence in parts.assumptions))
    return f"{_header(name, title, parts.dataset)}\n{parts.layers}\n{parts.training}\n{assumptions}"


def spec_text(name: str, title: str, dataset: str, layers: str, training: str) -> str:
    """Return a spec with these layers and this recipe, and claims to be filled in."""
    header = _header(name, title, dataset)
    return f"{header}\n{layers}\n{training}\n{_CLAIMS}"


def _header(name: str, title: str, dataset: str) -> str:
    return _HEADER.format(title=f'"{title}"', check=f"bench validate {name}", dataset=dataset)
