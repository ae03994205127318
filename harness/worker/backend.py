"""What a framework must offer so that trials can be trained with it, and where its module is found; imports none.

A backend is a module or a package in ``harness/backends/``; its name is the one that computations and records give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from harness.data.pipeline import Pipeline
from harness.errors import UnknownBackend
from harness.evaluations.evaluation import Examples
from harness.planning.trial import Computation
from harness.plugins import find_plugin, plugin_names

# By its name alone: this folder imports nothing of it.
PACKAGE = "harness.backends"
Array = npt.NDArray[Any]
# Examples as a backend holds them, on its device: nobody else looks into them.
Held = TypeVar("Held")
Held_contra = TypeVar("Held_contra", contravariant=True)


@dataclass(frozen=True, eq=False)
class Scores:
    """A network's scores of examples, float32, shape (examples, classes), and their mean loss.

    Where an example may have several labels, one is predicted whose score is above the threshold: 0 for logits.
    """

    scores: npt.NDArray[np.float32]
    loss: float
    threshold: float = 0.5


class Network(Protocol[Held_contra]):
    """A network, its weights drawn from the seed. It is compiled once, before anything is trained or scored.

    It is in the first of its computation's phases then.
    """

    @property
    def parameters(self) -> int:
        """How many numbers it has."""

    @property
    def trainable_parameters(self) -> int:
        """How many of them training changes."""

    @property
    def pretrained_sha256(self) -> str | None:
        """The digest of the weights that were published and not drawn from the seed; None where there are none."""

    def compile(self, training: Held_contra, evaluations: Mapping[str, Held_contra]) -> None:
        """Make all that ``train_epoch`` and ``score`` need, so that their clocks hold the work alone."""

    def begin_phase(self, phase: int) -> None:
        """Be in a phase from now on, counted from 0: the weights stay, recipe and optimizer are that phase's."""

    def reduce_learning_rate(self, factor: float, lowest: float) -> None:
        """Multiply the learning rate by the factor, but not below the lowest."""

    def train_epoch(self, order: npt.NDArray[np.int32]) -> Mapping[str, float]:
        """Train on the examples in this order, shape (examples,), and return the running means by metric."""

    def score(self, evaluation: str) -> Scores:
        """Return the scores of an evaluation's examples, in their own order; nothing of the network changes."""

    def responses(self, evaluation: str) -> Iterator[Array]:
        """Yield what each layer makes of an evaluation's examples, float32, shape (n, ...); nothing changes."""

    def weights(self) -> Sequence[Array]:
        """Return all weights, always in the same order."""

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Take on weights, in the order of `weights`; the rest of the state stays.

        Raises:
            ValueError: They are another network's.
        """

    def state(self) -> Sequence[Array]:
        """Return all that later epochs depend on: weights, the phase's optimizer's state, that of random numbers."""

    def restore(self, state: Sequence[Array]) -> None:
        """Take on a state of the phase that the network is in.

        Raises:
            ValueError: It is another network's.
        """


class Model(Protocol):
    """A trained network, to be used or saved; its inputs are float32, as the data set's preprocessing gives them."""

    def scores(self, inputs: Array) -> Array:
        """Return its scores of inputs, float32, shape (n, classes)."""

    def save(self, target: Path) -> None:
        """Write it in the format that the target's suffix means, where nothing is yet."""

    def saved_scores(self, target: Path, inputs: Array) -> Array:
        """Return the scores that what was saved gives, read back as its users read it."""


class Backend(Protocol[Held]):
    """A framework, imported."""

    @property
    def memory_errors(self) -> tuple[type[Exception], ...]:
        """What the framework raises where memory runs out."""

    def configure(self, threads: int, *, deterministic: bool) -> None:
        """Fix the threads of one operation and whether operations are deterministic, before anything is computed."""

    def hold(self, examples: Examples, pipeline: Pipeline) -> Held:
        """Return a data set's examples, ready to be computed on; its pipeline comes before any network."""

    def build(self, computation: Computation, seed: int) -> Network[Held]:
        """Return the computation's network; nothing that was computed before reaches its weights."""

    def model(self, computation: Computation, weights: Sequence[Array]) -> Model:
        """Return the computation's network with these weights, in the order of `Network.weights`."""


class BackendModule(Protocol):
    """The module of a backend; importing it does not import the framework."""

    def variables(self, folder: Path) -> Mapping[str, str]:
        """Return the environment variables that a trial's process must start with; the folder is its run's own."""

    def load(self) -> Backend[Any]:
        """Import the framework."""


def find_backend(name: str) -> BackendModule:
    """Return the module of this name.

    Raises:
        UnknownBackend: There is none.
    """
    module: BackendModule = find_plugin(PACKAGE, name, backend_names(), UnknownBackend)
    return module


def backend_names() -> tuple[str, ...]:
    """Return the backends that there are."""
    return plugin_names(PACKAGE)
