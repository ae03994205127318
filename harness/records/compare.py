"""Whether two records of one trial have the same bits, where they first differ, and what may be the cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.evaluations.metric import TRAIN
from harness.records.environment import Environment
from harness.records.record import EpochMeasurement, Measurement

DATA, INITIAL_WEIGHTS, ORDER, WEIGHTS = "data", "initial weights", "order of the examples", "weights"
PREDICTIONS = "predictions"

Values = Mapping[str, float | str | None]


@dataclass(frozen=True)
class Mismatch:
    """The first epoch that differs (0: before the first one) and all that differs there."""

    epoch: int
    what: tuple[str, ...]

    @property
    def where(self) -> str:
        """The epoch in words."""
        return f"epoch {self.epoch}" if self.epoch else "before the first epoch"


def first_mismatch(one: Measurement, other: Measurement) -> Mismatch | None:
    """Return where the two first differ, or None where all that both hold agrees.

    Seconds are not compared: they are never the same twice.
    """
    for epoch, left, right in _side_by_side(one, other):
        if what := tuple(name for name, value in left.items() if name in right and right[name] != value):
            return Mismatch(epoch, what)
    return None


def first_difference(one: Measurement, other: Measurement) -> int | None:
    """Return the first epoch whose bits differ (0: before the first), or None where all shared ones agree."""
    mismatch = first_mismatch(one, other)
    return None if mismatch is None else mismatch.epoch


def compared_values(one: Measurement, other: Measurement) -> int:
    """Return how many digests and numbers a comparison of the two holds side by side."""
    return sum(len(left.keys() & right.keys()) for _, left, right in _side_by_side(one, other))


def _side_by_side(one: Measurement, other: Measurement) -> Iterator[tuple[int, Values, Values]]:
    """Yield what each has of the time before the first epoch, as epoch 0, and of every epoch that both finished."""
    before = [{DATA: side.data_sha256, INITIAL_WEIGHTS: side.initial_weights_sha256} for side in (one, other)]
    yield 0, before[0], before[1]
    for left, right in zip(one.epochs, other.epochs, strict=False):
        yield left.epoch, bits(left), bits(right)


def bits(epoch: EpochMeasurement) -> Values:
    """Return all of the epoch that is the same whenever it is trained, by name.

    In the order in which it comes about: what is first in a list of differences is nearest to the cause.
    """
    found: dict[str, float | str | None] = {ORDER: epoch.order_sha256, WEIGHTS: epoch.weights_sha256}
    found |= {f"{TRAIN} {metric}": value for metric, value in epoch.train_metrics.items()}
    for name, evaluation in epoch.evaluations.items():
        found |= {f"{name} {metric}": value for metric, value in evaluation.metrics.items()}
        found |= {f"{name} {PREDICTIONS}": evaluation.predictions_sha256}
    return found


@dataclass(frozen=True)
class Suspect:
    """A field of the environment, its name, and why it changes bits."""

    field: str
    name: str
    why: str


@dataclass(frozen=True)
class Cause:
    """One thing that was another when the trial was recorded, and why that may change its bits."""

    name: str
    recorded: str
    now: str
    why: str

    @property
    def sentence(self) -> str:
        """The same for a person."""
        return f"{self.name}: recorded with {self.recorded}, now {self.now} ({self.why})"


# From what always changes bits to what hardly ever does.
SUSPECTS = (
    Suspect("threads", "threads", "sums are divided among threads and rounded part by part"),
    Suspect("onednn", "oneDNN", "other kernels add in another order"),
    Suspect("onednn_max_isa", "limit on oneDNN's instruction set", "other kernels add in another order"),
    Suspect("backend", "backend", "another framework computes in another order"),
    Suspect("accelerator", "accelerator", "other hardware, other kernels"),
    Suspect("instruction_set", "oneDNN's instruction set", "other kernels add in another order"),
    Suspect("processor_features", "processor features", "kernels are chosen by the vector instructions there are"),
    Suspect("tensorflow", "TensorFlow", "kernels and graph optimizations change between versions"),
    Suspect("deterministic", "op determinism", "operations have other variants"),
    Suspect("keras", "Keras", "initializers, optimizers and losses change between versions"),
    Suspect("numpy", "NumPy", "random numbers may change between versions"),
    Suspect("processor", "processor", "kernels are tuned to the model and its caches"),
    Suspect("system", "system", "other builds of the same versions"),
    Suspect("python", "Python", "other builds of the same versions"),
    Suspect("harness", "harness version", "the harness draws orders and builds the networks"),
)
# What can be to blame where nothing has been trained yet, first.
FIRST_FOR = {
    INITIAL_WEIGHTS: ("keras", "tensorflow", "numpy", "accelerator", "harness"),
    ORDER: ("numpy", "harness"),
}


def likely_causes(mismatch: Mismatch, recorded: Environment, now: Environment) -> tuple[Cause, ...]:
    """Return what differs between the environments, the most likely cause of the mismatch first."""
    first = FIRST_FOR.get(next((name for name in mismatch.what if name in FIRST_FOR), ""), ())
    ranked = sorted(SUSPECTS, key=lambda suspect: first.index(suspect.field) if suspect.field in first else len(first))
    then, today = recorded.facts, now.facts
    causes = [
        Cause(suspect.name, *_told_apart(then[suspect.field], today[suspect.field]), suspect.why)
        for suspect in ranked
        if then[suspect.field] != today[suspect.field]
    ]
    if recorded.short_commit != now.short_commit or now.uncommitted_changes:
        why = "the code that trains may have changed; + is uncommitted changes"
        causes.append(Cause("harness commit", recorded.short_commit, now.short_commit, why))
    return tuple(causes)


def conclusion(mismatch: Mismatch, causes: tuple[Cause, ...]) -> str:
    """Return one sentence on the likeliest cause."""
    if DATA in mismatch.what:
        return "the data is not the same: 'bench doctor' checks this machine's copy"
    if mismatch.epoch and not {ORDER, WEIGHTS} & set(mismatch.what):
        return "the weights have the same bits: the recorded number was changed, or the way it is computed"
    if causes:
        return f"likely cause: {causes[0].sentence}"
    return "nothing that is known of the two environments differs: this training does not repeat itself"


def _told_apart(then: object, today: object) -> tuple[str, str]:
    """Return both values in words; of two lists only what the other lacks."""
    if isinstance(then, tuple) and isinstance(today, tuple):
        return _only(then, today), _only(today, then)
    return _word(then), _word(today)


def _only(these: tuple[object, ...], others: tuple[object, ...]) -> str:
    return " ".join(str(value) for value in these if value not in others) or "none of its own"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
