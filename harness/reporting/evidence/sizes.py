"""What follows from a spec alone: how a layer changes the size of an image, and how much of it layers see."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.verdicts import RecordedCase
from harness.reporting.evidence.judged_claims import JudgedClaims
from harness.spec.claims.sizes import Halves, SeesMore

Pair = tuple[int, int]
FEWEST_LAYERS = 2


@dataclass(frozen=True)
class Resized:
    """The height and width of a layer's input and output, in pixels and in words."""

    before: Pair
    behind: Pair
    text: str
    outcome: str


@dataclass(frozen=True)
class Changes:
    """Layers that are said to halve an image."""

    layers: tuple[Resized, ...]

    @property
    def description(self) -> str:
        """What is seen, in words."""
        told = "; ".join(f"{layer.text}, {layer.outcome}" for layer in self.layers)
        return f"Layer by layer, twice the output laid over the input: {told}"


@dataclass(frozen=True)
class SeenArea:
    """How many pixels of the image one value of a layer depends on, down and across."""

    text: str
    size: Pair


@dataclass(frozen=True)
class Sights:
    """What the values of several layers see of an image."""

    image: Pair
    layers: tuple[SeenArea, ...]

    @property
    def description(self) -> str:
        """What is seen, in words."""
        told = "; ".join(layer.text for layer in self.layers)
        return f"How many of {sides(self.image)} pixels one value of a layer depends on: {told}"


def changes(judged: JudgedClaims) -> Changes | None:
    """Return what each layer makes of height and width."""
    recorded = RecordedCase(judged.entry, judged.study)
    shapes = [recorded.input_shape, *(layer.output_shape for layer in recorded.layers)]
    numbers = [claim.layer for claim in judged.claims if isinstance(claim, Halves)]
    return Changes(tuple(_change(number, _pair(shapes[number - 1]), _pair(shapes[number])) for number in numbers))


def _change(number: int, before: Pair, behind: Pair) -> Resized:
    exact = tuple(2 * side for side in behind) == before
    outcome = "exactly half" if exact else f"half would be {' × '.join(f'{side / 2:g}' for side in before)}"
    return Resized(before, behind, f"layer {number}: {sides(before)} → {sides(behind)}", outcome)


def sights(judged: JudgedClaims) -> Sights | None:
    """Return what the layers see; None where the inputs are no images, or it is known of fewer than two."""
    recorded = RecordedCase(judged.entry, judged.study)
    claims = [claim for claim in judged.claims if isinstance(claim, SeesMore)]
    numbers = sorted({number for claim in claims for number in (claim.layer, claim.than)})
    fields = recorded.receptive_fields
    seen = tuple(
        SeenArea(f"layer {number}, {recorded.layers[number - 1].kind}: {sides(size)}", size)
        for number in numbers
        if (size := fields[number - 1]) is not None
    )
    return Sights(_pair(recorded.input_shape), seen) if len(seen) >= FEWEST_LAYERS else None


def sides(pair: Pair) -> str:
    """Return height and width in words."""
    return f"{pair[0]} × {pair[1]}"


def _pair(shape: tuple[int, ...]) -> Pair:
    return shape[0], shape[1]
