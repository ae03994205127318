"""One architecture, read and checked: layers, recipe, provenance, claims; frozen data that computes nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from harness.data.dataset import Dataset
from harness.declaration.naming import OtherWords
from harness.declaration.spec_error import DataPath, refused
from harness.declaration.values import Line, Text
from harness.spec import other_words
from harness.spec.claims import AnyClaim
from harness.spec.layers.shared import Network
from harness.spec.training import Recipe, Training, with_losses

MOST_TITLE = 120
Sentence = Annotated[Text, Field(min_length=1)]
PHASES = (
    "Instead of training: recipes one after another on the same weights. The optimizer starts anew with each, as "
    "Keras' compile does, and epochs are counted through all of them. Where a phase stops early, or keeps its best "
    "weights, the next one begins there, with these. A phase without a loss has the one before's."
)
# Stands for the recipe of a file that has phases, until these are validated.
_LAST_PHASE = object()


class Provenance(BaseModel):
    """What every spec file says beside what is computed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
    field_words: ClassVar[OtherWords] = other_words.SPEC

    title: Line = Field(min_length=1, max_length=MOST_TITLE, description="Title, in a few words.")
    document: Line | None = Field(default=None, description="Document that it comes from, by its file name.")
    source: Line | None = Field(default=None, description="Publication that it comes from, if it is not a document.")
    claims: tuple[AnyClaim, ...] = Field(
        default=(), strict=False, description="Claims of the document, each with the place where it is made."
    )
    evaluate: tuple[Line, ...] = Field(
        default=(),
        strict=False,
        description="What else is measured of the weights after the last epoch, such as shift or calibration.",
    )
    assumptions: tuple[Sentence, ...] = Field(
        default=(),
        strict=False,
        description="What the document leaves open and this file had to choose, one sentence each.",
    )


class SpecFile(Provenance):
    """The content of a spec file, field by field."""

    dataset: str = Field(description="Data set that it is trained on: the name of a file in datasets/.")
    layers: Network = Field(min_length=1, description="Network, from the image to the classes.")
    phases: tuple[Training, ...] = Field(default=(), strict=False, min_length=1, description=PHASES)
    training: Training = Field(description="Training recipe of the document; where there are phases, the last one's.")

    @model_validator(mode="before")
    @classmethod
    def _phases_for_training(cls, content: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if not isinstance(content, Mapping) or "phases" not in content:
            return content
        content = {**content, "phases": with_losses(content["phases"])}
        if "training" not in content:
            return {**content, "training": _LAST_PHASE}
        # A dump has both.
        return content if content["phases"] else {name: content[name] for name in content if name != "phases"}

    @field_validator("training", mode="wrap")
    @classmethod
    def _last_phase(cls, value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Training:
        phases: tuple[Training, ...] = info.data.get("phases", ())
        if value is _LAST_PHASE:  # phases that are not valid are reported by themselves
            return phases[-1] if phases else Training.model_construct()  # type: ignore[call-arg]
        recipe: Training = read(value)
        if phases and recipe != phases[-1]:
            raise refused("two_recipes", "'training' stands beside 'phases'", "keep one of the two")
        return recipe

    @property
    def recipes(self) -> tuple[Training, ...]:
        """How it is trained, one phase after another; most have one."""
        return (*self.phases[:-1], self.training)

    @property
    def placed_recipes(self) -> tuple[tuple[DataPath, Training], ...]:
        """The recipes with the paths to them."""
        if not self.phases:
            return ((("training",), self.training),)
        return tuple((("phases", index), recipe) for index, recipe in enumerate(self.recipes))

    @property
    def recipe(self) -> Recipe:
        """What a training step computes in the end."""
        return self.training

    @property
    def epochs(self) -> int:
        """Epochs of all phases."""
        return sum(recipe.epochs for recipe in self.recipes)


class Architecture(SpecFile):
    """A spec file, its name, which is the file's, and the data set that it names.

    ``on_dataset`` is the name of the data set that was asked for instead, ``asked_folds`` are the folds. Where the data
    set is another one than the file's, the claims, which are about ``documented_on``, are ``foreign_claims``.
    """

    name: str
    path: Path
    data: Dataset
    derivation: "Derivation | None" = None
    on_dataset: str | None = None
    asked_folds: int | None = None
    documented_on: str | None = None
    foreign_claims: tuple[AnyClaim, ...] = Field(default=(), strict=False)


class Derivation(BaseModel):
    """What an architecture is derived from, and how it differs.

    ``changes`` are in words, with the parent's numbers. ``added`` and ``changed`` are the architecture's own numbers of
    layers that the parent does not have, and of those with other fields.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    parent: Architecture
    changes: tuple[str, ...]
    added: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
