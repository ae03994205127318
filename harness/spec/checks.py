"""What only the whole spec can show: shapes that don't fit, classes, memory, claims about layers that aren't there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from harness.declaration.spec_error import shown
from harness.errors import nearest
from harness.spec.architecture import SpecFile
from harness.spec.claims import LayerParameters, OutputShape, Parameters, Prediction
from harness.spec.cost import Cost, cost
from harness.spec.datasets import DATASETS, DatasetFacts
from harness.spec.layers import LayerKind, Shape, ShapeError
from harness.spec.layers.composites import Parallel, Repeat, Residual

# Nothing under this needs a look at the machine, and psutil its 10 ms.
SURELY_FITS = 1 << 30


# A network with more is no spec, and Repeat inside Repeat would take its size to compute.
MOST_LAYERS = 10_000


class Problem(NamedTuple):
    """A mistake by its path into the data, not yet by line and column; ``on_key`` points at the key there."""

    path: tuple[str | int, ...]
    what: str
    remedy: str
    on_key: bool = False


def problems(spec: SpecFile) -> Iterator[Problem]:
    """Yield what is wrong with a spec whose fields are all valid by themselves."""
    yield from _claims_about_layers(spec)
    facts = DATASETS.get(spec.dataset)
    if facts is None:
        hint = nearest(spec.dataset, list(DATASETS)).removeprefix("; ")
        remedy = hint or f"there {'is' if len(DATASETS) == 1 else 'are'} {', '.join(DATASETS)}"
        yield Problem(("dataset",), f"there is no data set {shown(spec.dataset)}", remedy)
        return
    yield from _claims_about_data(spec, facts)
    count = layer_count(spec.layers)
    if count > MOST_LAYERS:
        what = f"these are {count:,} layers, repetitions included"
        yield Problem(("layers",), what, f"repeat less: {MOST_LAYERS:,} is the most", on_key=True)
        return
    try:
        costs = cost(spec)
    except ShapeError as error:
        for mistake in error.mistakes:
            what, _, remedy = mistake.message.partition("; ")
            yield Problem(mistake.loc, what, remedy or "change this layer or one before it")
        return
    yield from _network(spec, facts, costs)


def _network(spec: SpecFile, facts: DatasetFacts, costs: Cost) -> Iterator[Problem]:
    last = ("layers", len(spec.layers) - 1)
    if costs.output_shape != (facts.classes,):
        what = f"the network ends in {_text(costs.output_shape)}, but {spec.dataset} has {facts.classes} classes"
        yield Problem(last, what, f"end with 'Dense: {{units: {facts.classes}, activation: softmax}}'")
    needed = costs.training_bytes
    if needed > SURELY_FITS and needed > (memory := _memory()):
        size = f"about {needed / 2**30:,.0f} GiB, and this machine has {memory / 2**30:,.0f}"
        what = f"training needs {size}"
        yield Problem(("layers",), what, "use smaller layers or a smaller batch_size", on_key=True)


def layer_count(layers: Sequence[LayerKind]) -> int:
    """Return how many layers there are once every `Repeat` is written out, without writing one out."""
    return sum(1 + _inside(layer) for layer in layers)


def _inside(layer: LayerKind) -> int:
    match layer:
        case Repeat():
            return layer.times * layer_count(layer.layers)
        case Residual():
            return layer_count(layer.layers) + layer_count(layer.projection)
        case Parallel():
            return sum(layer_count(branch) for branch in layer.branches)
        case _:
            return 0


def _claims_about_layers(spec: SpecFile) -> Iterator[Problem]:
    last = len(spec.layers)
    for index, claim in enumerate(spec.claims):
        field, number = "layer", 0
        if isinstance(claim, LayerParameters | OutputShape):
            number = claim.layer
        elif isinstance(claim, Parameters):
            field, number = "layers", claim.layers or 0
        if number > last:
            what = f"the network has {last} layers, and this speaks of {number}"
            yield Problem(("claims", index, claim.kind, field), what, f"write {last} or less")


def _claims_about_data(spec: SpecFile, facts: DatasetFacts) -> Iterator[Problem]:
    for index, claim in enumerate(spec.claims):
        if not isinstance(claim, Prediction):
            continue
        limits = (("image", claim.image, facts.test_examples), ("value", claim.value, facts.classes))
        for field, number, limit in limits:
            if number >= limit:
                thing = "test images" if field == "image" else "classes"
                what = f"{spec.dataset} has {limit:,} {thing}, counted from 0, and this is {number:,}"
                yield Problem(("claims", index, claim.kind, field), what, f"write {limit - 1:,} or less")


def _text(shape: Shape) -> str:
    return "×".join(map(str, shape)) + (" outputs" if len(shape) == 1 else "")


def _memory() -> int:
    import psutil  # noqa: PLC0415 - rarely needed

    return int(psutil.virtual_memory().total)
