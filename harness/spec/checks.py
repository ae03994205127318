"""What only the whole spec can show: shapes that don't fit, classes, memory, claims about layers that don't exist."""

from __future__ import annotations

from collections.abc import Iterator

from harness.data.dataset import Dataset
from harness.data.declarations import all_datasets
from harness.declaration.spec_error import SpecError, shown
from harness.errors import did_you_mean
from harness.spec.architecture import SpecFile
from harness.spec.cost import Cost, cost
from harness.spec.layers import Shape, ShapeError
from harness.spec.layers.layer import Chain

# Nothing under this needs a look at the machine, which takes psutil 10 ms.
SURELY_FITS = 1 << 30
# More is not a network that anyone trains, and Repeat inside Repeat would take its size to compute.
MOST_LAYERS = 10_000


def mistakes_of(spec: SpecFile) -> Iterator[SpecError]:
    """Yield what is wrong with a spec whose fields are all valid by themselves."""
    known = all_datasets()
    dataset = known.get(spec.dataset)
    yield from _claims(spec, dataset)
    if dataset is None:
        remedy = did_you_mean(spec.dataset, list(known)) or f"choose from {', '.join(known)}"
        yield SpecError(("dataset",), f"there is no data set {shown(spec.dataset)}", remedy)
        return
    count = Chain(("layers",), spec.layers).layer_count
    if count > MOST_LAYERS:
        what = f"these are {count:,} layers, repetitions included"
        yield SpecError(("layers",), what, f"repeat less: {MOST_LAYERS:,} is the most", on_key=True)
        return
    try:
        costs = cost(spec)
    except ShapeError as error:
        yield from error.mistakes
        return
    yield from _network(spec, dataset, costs)


def _network(spec: SpecFile, dataset: Dataset, costs: Cost) -> Iterator[SpecError]:
    classes = len(dataset.classes)
    last = ("layers", len(spec.layers) - 1)
    if costs.output_shape != (classes,):
        what = f"the network ends in {_text(costs.output_shape)}, but {spec.dataset} has {classes} classes"
        yield SpecError(last, what, f"end with 'Dense: {{units: {classes}, activation: softmax}}'")
    needed = costs.training_bytes
    if needed > SURELY_FITS and needed > (memory := _memory()):
        size = f"about {needed / 2**30:,.0f} GiB, and this machine has {memory / 2**30:,.0f}"
        what = f"training needs {size}"
        yield SpecError(("layers",), what, "use smaller layers or a smaller batch_size", on_key=True)


def _claims(spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
    for index, claim in enumerate(spec.claims):
        for mistake in claim.check(spec, dataset):
            yield mistake.below("claims", index, claim.kind)


def _text(shape: Shape) -> str:
    return "×".join(map(str, shape)) + (" outputs" if len(shape) == 1 else "")


def _memory() -> int:
    import psutil  # noqa: PLC0415 - rarely needed

    return int(psutil.virtual_memory().total)
