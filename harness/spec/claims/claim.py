"""What every kind of claim is, what it may ask of the records, and what comes of it; holds no kind.

A kind is a class in a file of this folder, called by its name in snake case: its fields, its check against the spec,
its judgement, its unit. Layers are numbered from 1, as a reader counts the rows of a printed summary; a composite is
one layer.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Protocol

from pydantic import Field

from harness.declaration.kinds import Family, Kind, snake_case
from harness.declaration.spec_error import SpecError
from harness.declaration.values import Text, WrittenFloat
from harness.evaluations.metric import Drop, Quantity
from harness.spec import other_words

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile
    from harness.spec.cost import LayerCost

Where = Annotated[Text, Field(min_length=1, description="Where the document says so, e.g. In [4].")]
Quote = Annotated[
    Annotated[Text, Field(min_length=1)] | None,
    Field(description="A few words of the document, as it has them; … stands for what is left out."),
]
KnownCause = Annotated[
    Annotated[Text, Field(min_length=1)] | None,
    Field(description="Why training here is known not to give what the document states; shown beside the verdict."),
]
Decision = Literal["reproduced", "refuted", "inconclusive", "not tested"]
# What can decide a claim: training, the spec alone, or no number at all.
Basis = Literal["training", "spec", "nothing"]
Value = int | float | str | tuple[int, ...] | tuple[float, ...]


class Unit(Enum):
    """What a value is measured in, and so how it is shown."""

    PLAIN = auto()  # counts, shapes, losses, classes, words
    PERCENT = auto()  # a share in [0, 1], with the digits that it was published with
    SEEDS = auto()  # a share of the seeds
    POINTS = auto()  # a difference of shares
    DIFFERENCE = auto()  # a difference of plain numbers
    ORDER = auto()  # which of two is better: no number


@dataclass(frozen=True)
class Ruling:
    """What a rule finds in the records for one claim.

    ``low`` and ``high`` bound ``measured``, or what could be a further run. ``typical_low`` and ``typical_high`` bound
    the typical run of a number. ``p`` is small where chance alone hardly explains it; None where chance has no part or
    too little is known.
    """

    decision: Decision
    reason: str
    seeds: int
    measured: Value | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    typical_low: float | None = None
    typical_high: float | None = None

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Where what was measured lies, as a table shows it beside it."""
        return self.low, self.high

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> "Ruling":
        """Return the ruling at level ``alpha``, its p-value corrected for the number of ``claims`` with one."""
        del adjusted_p, claims, alpha
        return self


class Case(Protocol):
    """What a claim may ask of the records of its architecture, and the rules that it may be judged by."""

    @property
    def layers(self) -> "Sequence[LayerCost]":
        """The layers, a composite counted as one."""

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of an input, without the batch."""

    @property
    def receptive_fields(self) -> Sequence[tuple[int, int] | None]:
        """How much of the image each layer sees, height and width; None: unknown."""

    @property
    def built_parameters(self) -> Sequence[int]:
        """The parameters of every trained network; none where nothing is trained yet."""

    @property
    def trainable_parameters(self) -> int:
        """The weights that the last recipe trains: those of frozen layers are left out."""

    def values(self, quantity: Quantity) -> Sequence[float]:
        """Return the quantity after the last epoch, one value per seed."""

    def predictions(self, evaluation: str, image: int) -> Sequence[int]:
        """Return the class of an image that each seed predicts, for the seeds whose predictions are recorded."""

    def after(self, epoch: int) -> "Case":
        """Return the same case with its runs up to an earlier epoch, counted through all phases."""

    def equal(self, published: Value, measured: Value, origin: str) -> Ruling:
        """Judge by equality what chance has no part in; ``origin`` says where ``measured`` comes from."""

    def published_number(self, published: WrittenFloat, quantity: Quantity, margin: float) -> Ruling:
        """Judge a number of one run: could it be one of ours, and is our typical run within ± ``margin`` of it?"""

    def published_runs(self, published: Sequence[WrittenFloat], quantity: Quantity, margin: float) -> Ruling:
        """Judge the numbers of several runs of one recipe: is our typical run within ± ``margin`` of theirs?"""

    def best_epoch(self, published: int, margin: float) -> Ruling:
        """Judge the epoch whose weights counted in one run: could it be one of ours, and is ours typically near it?"""

    def most_seeds(self, published: int, predicted: Sequence[int]) -> Ruling:
        """Judge a class by the share of seeds that predict it: more than half, or fewer?"""

    def better_than(self, other: str, quantity: Quantity) -> Ruling:
        """Judge by a one-sided test whether the quantity is better than that of another architecture."""

    def smaller_drop(self, other: str, drop: Drop) -> Ruling:
        """Judge by a one-sided test whether less is lost than in another architecture."""

    def drop_within(self, margin: float, drop: Drop) -> Ruling:
        """Judge by a one-sided test whether no more than ``margin`` is lost."""

    def needed(self, without: str, quantity: Quantity, margin: float) -> Ruling:
        """Judge by a one-sided test whether an architecture without something is worse by more than ``margin``."""

    def without_numbers(self, decision: Decision, reason: str) -> Ruling:
        """Return a ruling that measures nothing."""


class Claim(Kind):
    """One statement of a document, with the place where it stands."""

    basis: ClassVar[Basis] = "training"

    where: Where
    quote: Quote = None
    known_cause: KnownCause = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the class's name in snake case."""
        return (snake_case(cls.__name__),)

    @property
    @abstractmethod
    def published(self) -> Value:
        """What the document states."""

    @abstractmethod
    def judge(self, case: Case) -> Ruling:
        """Return what the rule for claims of this kind finds in the records."""

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Yield what does not fit the spec, each at its field of the claim.

        ``dataset`` is the spec's data set, None where there is no such data set.
        """
        del spec, dataset
        yield from ()

    @property
    def unit(self) -> Unit:
        """The unit of what is published."""
        return Unit.PLAIN

    @property
    def measured_unit(self) -> Unit:
        """The unit of what is measured, and of its bounds."""
        return self.unit

    @property
    def others(self) -> Mapping[str, str]:
        """The other architectures that the claim is about, by the field that names them."""
        return {}

    @property
    def subject(self) -> str:
        """What the claim is about, if not the whole network: ``layer 3``, ``image 99``."""
        return ""

    @property
    def label(self) -> str:
        """The claim's kind in words, with what it is about: ``output shape, layer 3``."""
        words = self.kind.replace("_", " ")
        return f"{words}, {self.subject}" if self.subject else words

    def __str__(self) -> str:
        """Return the claim in one line, with every digit as published."""
        value = self.published
        if isinstance(value, tuple):
            sign = "×" if all(isinstance(part, int) for part in value) else ", "
            return f"{self.label}: {sign.join(map(str, value))}"
        return f"{self.label}: {value:,}" if isinstance(value, int) else f"{self.label}: {value}"


class ValueClaim(Claim):
    """A claim that states a value."""

    value: Value

    @property
    def published(self) -> Value:
        """The value, a number with every digit as published."""
        return self.value


class OrderClaim(Claim):
    """A claim that one of two networks is better: it states no value; ``other_field`` names the other network."""

    other_field: ClassVar[str]

    @property
    def others(self) -> Mapping[str, str]:
        """The network that it compares with, if it does."""
        other = getattr(self, self.other_field)
        return {self.other_field: other} if other else {}

    @property
    def published(self) -> Value:
        """The other network."""
        return self.other

    @property
    def other(self) -> str:
        """The other network's name."""
        return next(iter(self.others.values()))

    @property
    def unit(self) -> Unit:
        """Which of the two is better."""
        return Unit.ORDER

    @property
    def measured_unit(self) -> Unit:
        """The difference of shares."""
        return Unit.POINTS

    def __str__(self) -> str:
        """Return the claim in words."""
        return self.label


CLAIMS = Family("claim", Claim, "harness.spec.claims", other_words.CLAIMS)
AnyClaim = Annotated[Claim, CLAIMS]
