"""What a trial computes and its fingerprint; trains nothing."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.errors import DataChanged
from harness.evaluations.metric import TEST, VALIDATION, Measured
from harness.planning.settings import Precision, Settings
from harness.spec.architecture import Architecture
from harness.spec.layers.repeated import spelled_out
from harness.spec.layers.shared import Network, numbered_names
from harness.spec.training import Recipe, Training, may_stop
from harness.spec.training.folds import fold_of

FINGERPRINT_VERSION = 1
FINGERPRINT_LENGTH = 16
# What the first version's content names. A field that came later is left out of the content at its default, so that
# it changes no fingerprint of what was recorded before it came.
FIRST_FIELDS = frozenset(
    {
        *("dataset", "train_examples", "test_examples", "layers", "schedule_epochs", "precision"),
        *("optimizer", "loss", "batch_size", "validation_split"),
    }
)


class Computation(BaseModel):
    """All that changes a network's numbers, apart from its seed: data, graph, recipe, precision, backend.

    ``earlier`` are the phases that come before the recipe, each with its epochs. ``schedule_epochs`` is None unless
    the recipe depends on its number of epochs, as a learning-rate schedule over all of them does, or unless a phase
    before may stop: then only the recipe's own epochs say when all is over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    # What tells the data set from others of its name; None where the name alone does.
    dataset_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    train_examples: int | None = Field(default=None, ge=1)
    test_examples: int | None = Field(default=None, ge=1)
    layers: Network
    earlier: tuple[Training, ...] = Field(default=(), strict=False)
    recipe: Recipe
    schedule_epochs: int | None = None
    precision: Precision = "float32"
    # The name of a module of ``harness.backends``.
    backend: str = Field(default="tensorflow", pattern=r"^[a-z][a-z0-9_]*$")
    # Goes along to the trial's process; records hold the name alone.
    _data: Dataset | None = PrivateAttr(default=None)

    @property
    def data(self) -> Dataset:
        """The data set: as it was given with `on`, else as it is declared where specs are looked for.

        Raises:
            UnknownDataset: It is declared nowhere.
        """
        return self._data or find_dataset(self.dataset)

    def on(self, data: Dataset) -> Self:
        """Return the same on a data set of that name whose declaration is at hand.

        Raises:
            DataChanged: It is another one of that name.
        """
        if data.identity != self.dataset_sha256:
            raise DataChanged(self.dataset)
        found = self.model_copy()
        found._data = data  # noqa: SLF001 - a Computation too
        return found

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of all phases."""
        return (*self.earlier, self.recipe)

    @property
    def chooses_weights(self) -> bool:
        """Tell whether the weights that count may be others than those of the last epoch that was asked for."""
        return any(recipe.chooses_weights for recipe in self.recipes)

    @property
    def phase_starts(self) -> tuple[int, ...]:
        """The first epoch of every phase, where none stops: 1, and more where there are several."""
        return self.starts(())

    def starts(self, epochs: Sequence[Measured]) -> tuple[int, ...]:
        """Return the first epoch of every phase, as far as these epochs, the first ones of a trial, say.

        A phase that does not stop in them has all of its epochs.
        """
        starts = [1]
        for phase in self.earlier:
            starts.append(starts[-1] + phase.length(epochs[starts[-1] - 1 :]))
        return tuple(starts)

    def counted(self, epochs: Sequence[Measured]) -> int:
        """Return the epoch whose weights count after these epochs, the first ones of a trial; 0 without any.

        In a phase before the last they are those that the next one begins with.
        """
        phase, first = phase_at(len(epochs), self.starts(epochs))
        return first - 1 + self.recipes[phase].counted(epochs[first - 1 :]) if epochs else 0

    def stops_after(self, epochs: Sequence[Measured]) -> bool:
        """Tell whether the recipes end the training early after the last of these epochs, the first ones of a trial."""
        planned, *_, last = self.phase_starts[-1], self.starts(epochs)[-1]
        over = last < planned and self.schedule_epochs is not None and len(epochs) == last - 1 + self.schedule_epochs
        return over or self.recipe.stops_after(epochs[last - 1 :])

    @cached_property
    def fingerprint(self) -> str:
        """The versioned hash of the canonical content, keys in order: what identifies the computation."""
        content = {**_content(self, leaving_out="recipe"), **_content(self.recipe), "version": FINGERPRINT_VERSION}
        if self.earlier:
            content["earlier"] = [_content(phase) for phase in self.earlier]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def phase_at(epoch: int, starts: Sequence[int]) -> tuple[int, int]:
    """Return in which phase an epoch is, counted from 0, and the first epoch of that phase."""
    phase = max(bisect_right(starts, epoch) - 1, 0)
    return phase, starts[phase]


def _content(model: BaseModel, leaving_out: str | None = None) -> dict[str, Any]:
    """Return the model's fields as plain values; those that came after the first version only where they are set."""
    dumped = model.model_dump(mode="json", exclude={leaving_out} if leaving_out else None)
    defaults = {name: field.get_default(call_default_factory=True) for name, field in type(model).model_fields.items()}
    return {
        name: value for name, value in dumped.items() if name in FIRST_FIELDS or getattr(model, name) != defaults[name]
    }


class Due(NamedTuple):
    """An evaluation that is asked for after an epoch."""

    epoch: int
    evaluation: str


@dataclass(frozen=True)
class Trial:
    """One network trained once, up to an epoch, for the architectures that read it.

    ``due`` are the evaluations that some of them ask for beside the test images' own, which every epoch has. They
    change no bit of the training, and so no fingerprint.
    """

    computation: Computation
    seed: int
    epochs: int
    architectures: tuple[str, ...] = ()
    due: tuple[Due, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What the trial computes: the same for every seed."""
        return self.computation.fingerprint

    @property
    def name(self) -> str:
        """The trial's and its record's name, unique within an environment."""
        return f"{self.fingerprint}-seed{self.seed}"

    def evaluations_after(self, epoch: int) -> tuple[str, ...]:
        """Return the evaluations of every epoch, and those that are asked for after this one."""
        asked = (due.evaluation for due in self.due if due.epoch == epoch)
        return tuple(dict.fromkeys((*self.evaluations_of_all, *asked)))

    @property
    def epochs_by_phase(self) -> tuple[int, ...]:
        """How many of its epochs are trained in each phase: in the last one what the others leave."""
        before = [phase.epochs for phase in self.computation.earlier]
        return (*before, max(self.epochs - sum(before), 0))

    @property
    def evaluations_of_all(self) -> tuple[str, ...]:
        """The evaluations of every epoch: the test images, and those held out of the training where there are any."""
        return (TEST, VALIDATION) if self.computation.recipe.holds_out else (TEST,)

    @property
    def evaluations_asked_for(self) -> tuple[str, ...]:
        """The evaluations that are due after any epoch, by name."""
        return tuple(sorted({due.evaluation for due in self.due}))

    @property
    def may_stop(self) -> bool:
        """Tell whether a recipe may end the training, or its phase, before the last epoch."""
        return may_stop(self.computation.recipes)

    @property
    def facts(self) -> dict[str, Any]:
        """The trial as programs read of it; the keys are a contract."""
        folds = self.computation.recipe.folds
        fold = {} if folds is None else {"fold": fold_of(self.seed, folds).number + 1, "folds": folds}
        shared = {"epochs": self.epochs, "architectures": list(self.architectures)}
        return {"id": self.fingerprint, "seed": self.seed, **shared, **fold}

    @property
    def label(self) -> str:
        """The trial as its readers know it: the first architecture, how many others share it, the seed."""
        first, *others = self.architectures
        more = f" (+{len(others)})" if others else ""
        return f"{first}{more} seed {self.seed}"


def trial_computation(architecture: Architecture, settings: Settings) -> Computation:
    """Return what training the architecture under the settings computes."""
    *earlier, last = trial_phases(architecture, settings)
    by_epochs = last.depends_on_epochs or any(phase.early_stopping for phase in earlier)
    computation = Computation(
        dataset=architecture.dataset,
        dataset_sha256=architecture.data.identity,
        train_examples=settings.train_examples,
        test_examples=settings.test_examples,
        layers=numbered_names(spelled_out(architecture.layers)),
        earlier=tuple(earlier),
        recipe=Recipe.model_construct(**{name: getattr(last, name) for name in Recipe.model_fields}),
        schedule_epochs=last.epochs if by_epochs else None,
        precision=settings.precision,
        backend=settings.backend,
    )
    return computation.on(architecture.data)


def trial_epochs(architecture: Architecture, settings: Settings) -> int:
    """Return the epoch at which the architecture reads its trials."""
    return sum(phase.epochs for phase in trial_phases(architecture, settings))


def trial_phases(architecture: Architecture, settings: Settings) -> tuple[Training, ...]:
    """Return the recipes of the architecture's phases, each cut as the settings say."""
    most = settings.max_epochs
    return tuple(
        phase if most is None else phase.model_copy(update={"epochs": min(phase.epochs, most)})
        for phase in architecture.recipes
    )


def due_evaluations(architecture: Architecture, settings: Settings) -> set[Due]:
    """Return what is asked for of the architecture's weights: those of its own last epoch."""
    epochs = trial_epochs(architecture, settings)
    return {Due(epochs, name) for name in (*architecture.evaluate, *settings.evaluations) if name != TEST}
