"""Specs on tiny images that try the legal values of every kind, pair by pair; trains none.

The values come from the schema that editors get, which comes from the kinds' own fields: every name and word of a
choice, the bounds of numbers and what lies beside them, and some that are usual.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from fake_digits import declare

from harness.arrays import Bytes
from harness.data.array_formats import idx_sha256
from harness.data.dataset import Dataset, PublishedArray, PublishedArrays
from harness.data.declarations import find_dataset
from harness.data.preprocessing import Divide
from harness.declaration.spec_error import InvalidSpec
from harness.declaration.tree import Tree
from harness.declaration.validation import read_tree
from harness.declaration.values import WrittenFloat
from harness.spec.architecture import Architecture, SpecFile
from harness.spec.reading import _mistakes, _written_out
from harness.spec.schema import spec_schema

Plain = Any
Fields = dict[str, Plain]
# Of fields, by their names, the places of values among those that are tried.
Numbers = dict[str, int]
Chosen = tuple[tuple[str, int], ...]
INPUTS = (8, 6, 2)
CLASSES = 2
EXAMPLES = {"train": 6, "test": 3}
WHOLE = (0, 1, 2, 3, 4, 5, 8, 12, 13, 29, 64, 130, 500, 1_000, 2_000, 70_000)
NUMBERS = (0, 0.1, 0.5, 0.9, 0.99999, 1, 1.5, 2, 10, -1, -0.3, 1e-7, 1e-30, 1.2e-38, 1e10, 1e30, 3.4e38, -3.4e38)
# What stands in for a layer inside another one, and for a list of them.
INNER_LAYERS: tuple[Plain, ...] = ({"LSTM": {"units": 3}}, {"GRU": {"units": 2}}, {"SimpleRNN": {"units": 3}})
CHAINS: tuple[Plain, ...] = (
    ["ReLU"],
    [{"Dense": {"units": 2}}, "Softmax"],
    ["BatchNormalization", {"Dropout": {"rate": 0.5}}],
)
# A value is tried with how many others of each field.
PAIRED = 5
MOST_LISTED = 4
# The share of fields that a case leaves at their defaults.
LEFT_OUT = 0.2
# Fields whose values depend on one another so much that few are taken at random.
GIVEN: Mapping[str, Sequence[Plain]] = {
    "target_shape": ([-1], [-1, 2], [96], [8, 12], [2, -1, 1], [4, 24], [2, 2, 4, -1], [1, 1, 1, 96]),
    "dims": ([1], [1, 2], [2, 1], [1, 2, 3], [2, 1, 3], [3, 1, 2], [3, 2, 1]),
    "class_weight": (None, "balanced", {"0": 1.0, "1": 5.0}, {"b": 0}, {"0": 1e-30}, {"1": 1e30}),
    "frozen": ([], [1], [3], [1, 3]),
    "name": ("MobileNetV3Small",),
    "weights": ("none",),
    "boundaries": ([1], [1, 2], [3, 70_000]),
    "values": ([0.1, 0.01], [0.1, 0.01, 1e-30], [1e-7, 10]),
    "epochs": (1, 2, 3),
    "batch_size": (1, 2, 3, 4, 5, 6, 7, 70_000),
    "steps_per_epoch": (None, 1, 2, 3, 7),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A kind with the values that are tried together, in a valid spec."""

    kind: str
    fields: Plain
    spec: Plain

    @property
    def text(self) -> str:
        """The spec's text: JSON is YAML."""
        return json.dumps(self.spec)


def images() -> dict[str, Bytes]:
    """Return the arrays of the tiny data set."""
    drawn = np.random.default_rng(5)
    found: dict[str, Bytes] = {}
    for name, count in EXAMPLES.items():
        found[f"{name}_images"] = drawn.integers(0, 256, (count, *INPUTS), np.uint8)
        found[f"{name}_labels"] = (np.arange(count) % CLASSES).astype(np.uint8)
    return found


def declare_tiny(specs: Path) -> Path:
    """Declare the tiny data set beside specs in this folder."""
    published = {
        name: PublishedArray(file=f"{name}.idx", shape=array.shape, sha256=idx_sha256(array))
        for name, array in images().items()
    }
    tiny = Dataset(
        name="tiny",
        title="Tiny",
        source="a test",
        inputs=INPUTS,
        classes=tuple("ab"),
        arrays=PublishedArrays(**published),
        preprocessing=(Divide(by=255),),
    )
    return declare(specs, tiny)


@cache
def definitions() -> Mapping[str, Plain]:
    """Return what the schema defines."""
    return spec_schema()["$defs"]  # type: ignore[no-any-return]


def kinds(family: str) -> Mapping[str, Plain]:
    """Return the fields of each of a family's kinds, as the schema describes them."""
    with_fields = definitions()[family]["anyOf"][0]["properties"]
    own = {name: _resolved(described) for name, described in with_fields.items()}
    return {name: fields for name, fields in own.items() if _is_own_name(name, own)}


def _is_own_name(name: str, all_kinds: Mapping[str, Plain]) -> bool:
    """Tell whether the name is not another one of a kind that comes earlier."""
    earlier = list(all_kinds)[: list(all_kinds).index(name)]
    return not any(all_kinds[other] is all_kinds[name] for other in earlier)


def _resolved(described: Plain) -> Plain:
    """Return the fields behind a kind, whether it needs some or may stand alone."""
    first = described["anyOf"][0] if "anyOf" in described else described
    return definitions()[first["$ref"].rpartition("/")[2]] if "$ref" in first else first


def values(described: Plain, draw: random.Random, depth: int = 0) -> list[Plain]:
    """Return values that the schema of a field allows: all of a choice, of numbers the bounds and usual ones."""
    if "anyOf" in described:
        return [value for choice in described["anyOf"] for value in values(choice, draw, depth)]
    if "$ref" in described:
        return _referred(described["$ref"].rpartition("/")[2], draw, depth)
    if "const" in described or "enum" in described:
        return [described["const"]] if "const" in described else list(described["enum"])
    if described.get("type") == "array":
        return _lists(described, draw, depth)
    by_type: Mapping[str | None, Sequence[Plain]] = {"null": [None], "boolean": [True, False]}
    usual: Mapping[str | None, Sequence[float]] = {"integer": WHOLE, "number": NUMBERS}
    kind = described.get("type")
    return _between(described, usual[kind]) if kind in usual else list(by_type.get(kind, ()))


def _between(described: Plain, usual: Sequence[float]) -> list[Plain]:
    """Return the bounds, and the usual numbers within them."""
    low, high = described.get("minimum", -math.inf), described.get("maximum", math.inf)
    below, above = described.get("exclusiveMinimum", -math.inf), described.get("exclusiveMaximum", math.inf)
    bounds = [bound for bound in (low, high) if math.isfinite(bound)]
    return [value for value in dict.fromkeys((*bounds, *usual)) if low <= value <= high and below < value < above]


def _lists(described: Plain, draw: random.Random, depth: int) -> list[Plain]:
    if "prefixItems" in described:
        each = [values(item, draw, depth + 1) for item in described["prefixItems"]]
        return [[draw.choice(choices) for choices in each] for _ in range(2 * MOST_LISTED)]
    choices = values(described.get("items", {}), draw, depth + 1)
    if not choices:
        return []
    least, most = described.get("minItems", 0), min(described.get("maxItems", 3), 3)
    sizes = [size for size in range(least, most + 1) for _ in range(MOST_LISTED if size else 1)]
    return [[draw.choice(choices) for _ in range(size)] for size in sizes]


def _referred(name: str, draw: random.Random, depth: int) -> list[Plain]:
    if name == "Layer":
        return [*INNER_LAYERS]
    described = definitions()[name]
    if "properties" in described:
        return [{}, *({field: value} for field, value in _single(described, draw, depth))]
    if depth:
        return list(_bare(described))[:MOST_LISTED]
    drawn = [{kind: dict([one])} for kind, fields in kinds(name).items() for one in _single(fields, draw, depth + 1)]
    return [*_bare(described), *draw.sample(drawn, min(len(drawn), 2 * MOST_LISTED))]


def _bare(described: Plain) -> list[str]:
    return [word for choice in described["anyOf"] for word in choice.get("enum", ())]


def _single(described: Plain, draw: random.Random, depth: int) -> Iterator[tuple[str, Plain]]:
    """Yield each field with each of its values, where a kind needs no other."""
    for name, schema in described.get("properties", {}).items():
        if set(described.get("required", ())) <= {name}:
            for value in GIVEN.get(name) or values(schema, draw, depth + 1):
                yield name, value


@dataclass(frozen=True)
class Subject:
    """A kind, the values of its fields that are tried, and where it stands in a spec."""

    kind: str
    choices: Mapping[str, Sequence[Plain]]
    needed: Fields
    placed: Callable[[Fields], Plain]
    folder: Path

    def case(self, fields: Fields) -> Case | None:
        """Return the case of these values; None where the spec is refused."""
        found = Case(self.kind, fields, self.placed({**self.needed, **fields}))
        return found if read_case(found, self.folder) else None

    def drawn(self, draw: random.Random) -> Case | None:
        """Return a case of values drawn at random, with those left out that are refused beside the others."""
        fields: Fields = {}
        found = self.case(fields)
        for name in draw.sample(list(self.choices), min(len(self.choices), draw.randint(1, 5))):
            tried = {**fields, name: draw.choice(self.choices[name])}
            if longer := self.case(tried):
                fields, found = tried, longer
        return found

    def cases(self, draw: random.Random) -> Iterator[Case]:
        """Yield cases until every value, and every pair of the first few values of two fields, was tried.

        What is refused by itself is tried wherever else the kind may stand.
        """
        left = dict.fromkeys(self.wanted(draw))
        refused: set[Chosen] = set()
        while left:
            wanted = next(iter(left))
            del left[wanted]
            if (numbers := self._placed_somewhere(dict(wanted))) is None:
                refused.add(wanted)
                continue
            further = self._further(numbers, left, refused, draw)
            numbers = self._most_of(numbers, further)
            for chosen in (*combinations(sorted(numbers.items()), 2), *((one,) for one in numbers.items())):
                left.pop(chosen, None)
            yield self._numbered(numbers)

    def wanted(self, draw: random.Random) -> Iterator[Chosen]:
        """Yield single values, then pairs, each by the fields' names and the values' places."""
        for name, listed in self.choices.items():
            yield from (((name, index),) for index in range(len(listed)))
        counts = {name: len(listed) for name, listed in self.choices.items()}
        some = {name: draw.sample(range(count), min(count, PAIRED)) for name, count in counts.items()}
        for first, second in combinations(sorted(some), 2):
            yield from (((first, one), (second, other)) for one in some[first] for other in some[second])

    def _numbered(self, numbers: Numbers) -> Case:
        fields = {name: self.choices[name][index] for name, index in numbers.items()}
        return Case(self.kind, fields, self.placed({**self.needed, **fields}))

    def _is_read(self, numbers: Numbers) -> bool:
        return read_case(self._numbered(numbers), self.folder) is not None

    def _placed_somewhere(self, numbers: Numbers) -> Numbers | None:
        """Return the values, where needed with a place in which they are not refused; None where there is none."""
        place, places = list(self.choices.items())[-1]
        elsewhere = ({**numbers, place: index} for index in range(len(places)) if place not in numbers)
        return next((tried for tried in (numbers, *elsewhere) if self._is_read(tried)), None)

    def _further(
        self, numbers: Numbers, left: Mapping[Chosen, None], refused: AbstractSet[Chosen], draw: random.Random
    ) -> Numbers:
        """Return a value of most other fields, each of which makes most pairs that are still wanted."""
        found = dict(numbers)
        for name in draw.sample(list(self.choices), len(self.choices)):
            if name in found or draw.random() < LEFT_OUT:
                continue
            places = draw.sample(range(len(self.choices[name])), min(len(self.choices[name]), 2 * PAIRED))
            pairs = {index: [_pair((name, index), other) for other in found.items()] for index in places}
            allowed = [index for index in places if refused.isdisjoint(pairs[index])]
            if allowed:
                news = {index: sum(map(left.__contains__, (*pairs[index], ((name, index),)))) for index in allowed}
                found[name] = max(allowed, key=news.__getitem__)
        return {name: index for name, index in found.items() if name not in numbers}

    def _most_of(self, numbers: Numbers, further: Numbers) -> Numbers:
        """Return the values with those of the further ones that are not refused beside them: all, or of each half."""
        if not further or self._is_read({**numbers, **further}):
            return {**numbers, **further}
        if len(further) == 1:
            return numbers
        names = list(further)
        for half in (names[: len(names) // 2], names[len(names) // 2 :]):
            numbers = self._most_of(numbers, {name: further[name] for name in half})
        return numbers


def _pair(one: tuple[str, int], other: tuple[str, int]) -> Chosen:
    return (one, other) if one < other else (other, one)


def read_case(case: Case, folder: Path) -> Architecture | None:
    """Return the architecture of a case whose file would stand in the folder; None where it is refused.

    As `read_text`, but for places: the text needs no parser of YAML, which takes thirty times as long as the rest.
    """
    path = folder / "legal.yaml"
    tree = Tree(str(path), json.loads(case.text, parse_float=WrittenFloat))
    try:
        spec = read_tree(SpecFile, path, tree, partial(_mistakes, folder=folder), partial(_written_out, folder=folder))
    except InvalidSpec:
        return None
    return Architecture.model_construct(name=path.stem, path=path, data=find_dataset("tiny", folder), **dict(spec))


# What comes before the kind that is tried: images, few or many, rows, a vector.
BEHIND: Mapping[str, Sequence[Plain]] = {
    "nothing": (),
    "a convolution": ({"Conv2D": {"filters": 4, "kernel_size": 3}},),
    "a dense layer": ("Flatten", {"Dense": {"units": 12}}),
    "rows": ({"Reshape": {"target_shape": [8, 12]}},),
    "one pixel": ({"Conv2D": {"filters": 6, "kernel_size": [8, 6]}},),
    "colors": ({"Conv2D": {"filters": 3, "kernel_size": 1, "activation": "sigmoid"}},),
    "a larger image": ({"Resizing": {"height": 32, "width": 33}},),
}
END: tuple[Plain, ...] = ("Flatten", {"Dense": {"units": CLASSES, "activation": "softmax"}})
RECIPE: Mapping[str, Plain] = {"optimizer": "sgd", "loss": "categorical_crossentropy", "batch_size": 3, "epochs": 1}
# Where a weight's kind may stand: the layers, with a place for it.
SLOTS: Mapping[str, Mapping[str, Callable[[Plain], Sequence[Plain]]]] = {
    "Initializer": {
        "a convolution": lambda kind: [{"Conv2D": {"filters": 4, "kernel_size": 3, "kernel_initializer": kind}}],
        "a depthwise one": lambda kind: [{"DepthwiseConv2D": {"kernel_size": 3, "depthwise_initializer": kind}}],
        "a dense layer": lambda kind: ["Flatten", {"Dense": {"units": 5, "kernel_initializer": kind}}],
        "one output": lambda kind: ["Flatten", {"Dense": {"units": 1, "kernel_initializer": kind}}],
        "a bias": lambda kind: [{"Conv2D": {"filters": 4, "kernel_size": 3, "bias_initializer": kind}}],
        "a recurrent one": lambda kind: [
            {"Reshape": {"target_shape": [8, 12]}},
            {"LSTM": {"units": 3, "recurrent_initializer": kind, "kernel_initializer": kind}},
        ],
        "attention": lambda kind: [{"MultiHeadAttention": {"num_heads": 2, "key_dim": 3, "kernel_initializer": kind}}],
        "positions": lambda kind: [
            {"Reshape": {"target_shape": [8, 12]}},
            {"PositionEmbedding": {"embeddings_initializer": kind}},
        ],
        "variances": lambda kind: [{"BatchNormalization": {"moving_variance_initializer": kind}}],
        "slopes": lambda kind: [{"PReLU": {"alpha_initializer": kind}}],
    },
    "Regularizer": {
        "a kernel": lambda kind: [{"Conv2D": {"filters": 4, "kernel_size": 3, "kernel_regularizer": kind}}],
        "an output": lambda kind: ["Flatten", {"Dense": {"units": 5, "activity_regularizer": kind}}],
        "a factor": lambda kind: [{"LayerNormalization": {"gamma_regularizer": kind}}],
        "a state": lambda kind: [
            {"Reshape": {"target_shape": [8, 12]}},
            {"GRU": {"units": 3, "recurrent_regularizer": kind}},
        ],
    },
    "Constraint": {
        "a kernel": lambda kind: [{"Conv2D": {"filters": 4, "kernel_size": 3, "kernel_constraint": kind}}],
        "a matrix": lambda kind: ["Flatten", {"Dense": {"units": 5, "kernel_constraint": kind}}],
        "a bias": lambda kind: ["Flatten", {"Dense": {"units": 5, "bias_constraint": kind}}],
        "attention": lambda kind: [{"MultiHeadAttention": {"num_heads": 2, "key_dim": 3, "kernel_constraint": kind}}],
        "a factor": lambda kind: [{"BatchNormalization": {"gamma_constraint": kind}}],
        "slopes": lambda kind: [{"PReLU": {"alpha_constraint": kind}}],
        "a state": lambda kind: [
            {"Reshape": {"target_shape": [8, 12]}},
            {"Bidirectional": {"layer": {"LSTM": {"units": 3, "recurrent_constraint": kind}}}},
        ],
    },
}  # fmt: skip
TOWER: Plain = {"Shared": {"name": "tower"}}
LOSS_ENDS: Mapping[str, Plain] = {
    "softmax": {"Dense": {"units": CLASSES, "activation": "softmax"}},
    "sigmoid": {"Dense": {"units": CLASSES, "activation": "sigmoid"}},
    "logits": {"Dense": {"units": CLASSES}},
    "relu": {"Dense": {"units": CLASSES, "activation": "relu"}},
    "one output": {"Dense": {"units": 1, "activation": "sigmoid"}},
    "one logit": {"Dense": {"units": 1}},
}
SMALL_NETWORK: tuple[Plain, ...] = (
    {"Conv2D": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
    "BatchNormalization",
    {"Dropout": {"rate": 0.5}},
)
NEEDED: Mapping[str, Fields] = {
    "Permute": {"dims": [2, 1, 3]},
    "Residual": {"layers": ["ReLU"]},
    "Repeat": {"times": 2, "layers": ["ReLU"]},
    "Parallel": {"branches": [["ReLU"], ["Softmax"]], "merge": "add"},
    "Shared": {"name": "tower", "layers": ["ReLU"]},
    "Bidirectional": {"layer": {"LSTM": {"units": 3}}, "behind": "rows"},
    "GroupNormalization": {"groups": 2},
    "Application": {"name": "MobileNetV3Small", "behind": "a larger image"},
    "PositionEmbedding": {"behind": "rows"},
    **{kind: {"factor": 0.5, "behind": "colors"} for kind in ("RandomSaturation", "RandomHue")},
    "GlobalAveragePooling1D": {"behind": "rows"},
    "GlobalMaxPooling1D": {"behind": "rows"},
    **{kind: {"units": 3, "behind": "rows"} for kind in ("SimpleRNN", "LSTM", "GRU")},
}
COMPOSITES: Mapping[str, Mapping[str, Sequence[Plain]]] = {
    "Residual": {"layers": CHAINS, "projection": ([], *CHAINS), "trainable": (True, False)},
    "Repeat": {"times": (1, 2, 3, 100), "layers": CHAINS, "trainable": (True, False)},
    "Parallel": {
        "branches": [[one, other] for one in (*CHAINS, []) for other in (*CHAINS, [])],
        "merge": ("add", "concatenate", "multiply", "average", "maximum", "minimum", "subtract"),
        "trainable": (True, False),
    },
    "Shared": {"layers": CHAINS, "trainable": (True, False)},
}


def spec(layers: Sequence[Plain], end: Sequence[Plain] = END, **recipe: Plain) -> Plain:
    """Return a spec of these layers and the end, with these fields of the recipe."""
    return {"title": "x", "dataset": "tiny", "layers": [*layers, *end], "training": {**RECIPE, **recipe}}


def subjects(folder: Path, draw: random.Random) -> Iterator[Subject]:
    """Yield every kind with the values of its fields; specs are read as files of the folder."""
    for family, placed in PLACED.items():
        for kind, described in kinds(family).items():
            yield Subject(kind, *_choices(kind, described, placed, draw), folder)
    for family, slots in SLOTS.items():
        for kind, described in kinds(family).items():
            yield Subject(kind, *_choices(kind, described, Placed("slot", tuple(slots), _in_slot(slots)), draw), folder)
    yield _recipe_subject(folder, draw)


@dataclass(frozen=True)
class Placed:
    """Where kinds of a family stand: a further field with its choices, and what makes a spec of both."""

    field: str
    choices: Sequence[Plain]
    spec: Callable[[Plain, Plain], Plain]


def _in_slot(slots: Mapping[str, Callable[[Plain], Sequence[Plain]]]) -> Callable[[Plain, Plain], Plain]:
    return lambda kind, slot: spec(slots[slot or next(iter(slots))](kind))


PLACED: Mapping[str, Placed] = {
    "Layer": Placed(
        "behind",
        tuple(BEHIND),
        lambda kind, behind: spec([*BEHIND[behind], kind, *([TOWER] if "Shared" in kind else ())]),
    ),
    "Optimizer": Placed(
        "network",
        ("small", "rows"),
        lambda kind, network: spec(
            SMALL_NETWORK if network == "small" else [*BEHIND["rows"], {"GRU": {"units": 4}}], optimizer=kind, epochs=2
        ),
    ),
    "Schedule": Placed(
        "of",
        ("SGD", "Adam", "epochs"),
        lambda kind, of: spec(
            SMALL_NETWORK,
            optimizer={"SGD" if of == "epochs" else of: {"learning_rate": kind}},
            epochs=2,
            schedule_steps="epochs" if of == "epochs" else "batches",
        ),
    ),
    "Loss": Placed(
        "end", tuple(LOSS_ENDS), lambda kind, end: spec(SMALL_NETWORK, ("Flatten", LOSS_ENDS[end]), loss=kind)
    ),
}  # fmt: skip


def _choices(
    kind: str, described: Plain, placed: Placed, draw: random.Random
) -> tuple[Mapping[str, Sequence[Plain]], Fields, Callable[[Fields], Plain]]:
    """Return the values of a kind's fields, those that it needs, and what makes a spec of them."""
    own = COMPOSITES.get(kind) or {
        name: GIVEN.get(name) or values(schema, draw) for name, schema in described.get("properties", {}).items()
    }
    needed = NEEDED.get(kind) or {name: _usual(name, own[name]) for name in described.get("required", ())}

    def make(fields: Fields) -> Plain:
        inside = {name: value for name, value in fields.items() if name != placed.field}
        return placed.spec({kind: inside}, fields.get(placed.field, placed.choices[0]))

    return {**{name: listed for name, listed in own.items() if listed}, placed.field: placed.choices}, needed, make


def _usual(name: str, listed: Sequence[Plain]) -> Plain:
    return next((value for value in listed if value == 2), listed[len(listed) // 2]) if name != "layer" else listed[0]


def _recipe_subject(folder: Path, draw: random.Random) -> Subject:
    described = definitions()["Training"]["properties"]
    own = {
        name: GIVEN.get(name) or values(schema, draw)
        for name, schema in described.items()
        if name not in {"optimizer", "loss", "schedule_steps"}
    }
    return Subject("recipe", own, {}, lambda fields: spec(SMALL_NETWORK, **fields), folder)
