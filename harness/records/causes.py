"""Why two trainings of one trial may have other bits, from their environments; compares no bits itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.records.compare import DATA, INITIAL_WEIGHTS, ORDER, WEIGHTS, Mismatch
from harness.records.environment import Environment

UNKNOWN = "unknown"
COMMIT_LENGTH = 10


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
    return tuple(_causes(mismatch, recorded, now))


def conclusion(mismatch: Mismatch, causes: tuple[Cause, ...]) -> str:
    """Return one sentence on the likeliest cause."""
    if DATA in mismatch.what:
        return "the data is not the same: 'bench doctor' checks this machine's copy"
    if mismatch.epoch and not {ORDER, WEIGHTS} & set(mismatch.what):
        return "the weights have the same bits: the recorded number was changed, or the way it is computed"
    if causes:
        return f"likely cause: {causes[0].sentence}"
    return "nothing that is known of the two environments differs: this training does not repeat itself"


def _causes(mismatch: Mismatch, recorded: Environment, now: Environment) -> Iterator[Cause]:
    first = FIRST_FOR.get(next((name for name in mismatch.what if name in FIRST_FOR), ""), ())
    ranked = sorted(SUSPECTS, key=lambda suspect: first.index(suspect.field) if suspect.field in first else len(first))
    recorded_facts, present_facts = recorded.facts, now.facts
    for suspect in ranked:
        then, today = recorded_facts[suspect.field], present_facts[suspect.field]
        if then != today:
            yield Cause(suspect.name, *_told_apart(then, today), suspect.why)
    then, today = _commit(recorded), _commit(now)
    if then != today or now.uncommitted_changes:
        yield Cause("harness commit", then, today, "the code that trains may have changed; + is uncommitted changes")


def _told_apart(then: object, today: object) -> tuple[str, str]:
    """Return both values in words; of two lists only what the other lacks."""
    if isinstance(then, tuple) and isinstance(today, tuple):
        return _only(then, today), _only(today, then)
    return _word(then), _word(today)


def _only(these: tuple[object, ...], others: tuple[object, ...]) -> str:
    return " ".join(str(one) for one in these if one not in others) or "none of its own"


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)


def _commit(environment: Environment) -> str:
    mark = "+" if environment.uncommitted_changes else ""
    return f"{(environment.commit or UNKNOWN)[:COMMIT_LENGTH]}{mark}"
