"""A document's numbers beside what several recipes give, seed by seed; judges nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.alternatives import OtherRecipe, other_recipes, own_recipe, published_number
from harness.analysis.findings import Findings
from harness.analysis.published import NumberRuling
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.evaluations.metric import Metric
from harness.reporting.evidence.seeds import SeedValues, seed_values
from harness.reporting.verdicts import published
from harness.spec.claims.metrics import NumberClaim


@dataclass(frozen=True)
class NumberPanel:
    """A number, its text and its place, and each recipe's seeds; None where a recipe was not judged by it."""

    title: str
    text: str
    where: str
    value: float
    metric: Metric
    rows: tuple[SeedValues | None, ...]


@dataclass(frozen=True)
class Recipes:
    """What is drawn: numbers side by side, and the recipes' names for their rows."""

    names: tuple[str, ...]
    numbers: tuple[NumberPanel, ...]

    @property
    def description(self) -> str:
        """What is seen, in words."""
        told = (f"{number.title.lower()} {number.text} ({number.where})" for number in self.numbers)
        return f"Seeds of {', '.join(self.names)}, beside the published {'; '.join(told)}"


def recipes(entry: ArchitectureResults, findings: Findings) -> Recipes | None:
    """Return the recipes that were trained for a document's numbers, its own first; None without another."""
    others = other_recipes(entry, findings)
    own = own_recipe(entry, others, findings)
    every = (*([own] if own else []), *others)
    found = tuple(_numbers(every))
    return Recipes(tuple(recipe.name for recipe in every), found) if others and found else None


def _numbers(every: Sequence[OtherRecipe]) -> Iterator[NumberPanel]:
    judged = [{published_number(verdict): verdict for verdict in recipe.verdicts} for recipe in every]
    for number in dict.fromkeys(number for found in judged for number in found):
        verdicts = [found.get(number) for found in judged]
        first = next(verdict for verdict in verdicts if verdict)
        rows, claim = tuple(map(_seeds, verdicts)), first.claim
        if any(rows) and isinstance(claim, NumberClaim) and claim.value is not None:
            of = claim.quantity
            yield NumberPanel(of.heading, published(first), claim.where, float(claim.value), of.metric, rows)


def _seeds(verdict: Verdict | None) -> SeedValues | None:
    ruling = verdict.ruling if verdict else None
    if verdict is None or not isinstance(ruling, NumberRuling) or ruling.runs is None:
        return None
    return seed_values(verdict.architecture, ruling.runs.values)
