"""What networks derived from a document's come to beside it: its numbers by other recipes, and what else is claimed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.analysis.alternatives import OtherRecipe, other_claims, other_recipes, own_recipe
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.reporting import numbers
from harness.reporting.blocks import Table
from harness.reporting.verdicts import found, published, seeds

RECIPES = "recipes"
OTHER_RECIPES = (
    "Its numbers by other recipes, which it does not describe (corrected for the claims on networks derived from it, "
    "apart from the rest):"
)
DERIVED = (
    "What is asked of networks derived from it, which it does not describe (corrected for the claims on them, apart "
    "from the rest):"
)
LEAST_P = "by the smallest p among each recipe's numbers, before correction"
SCATTER = "A recipe whose runs scatter more fits more easily."


@dataclass(frozen=True)
class Alternatives:
    """A table with its introduction, the kind of figure below it, and a sentence on which recipes fit all numbers."""

    introduction: str
    table: Table
    figure: str = ""
    conclusion: str = ""


def alternatives(entry: ArchitectureResults, findings: Findings) -> tuple[Alternatives, ...]:
    """Return what is derived from a document's network and was trained; nothing where nothing was."""
    return (*_recipes(entry, findings), *_derived(entry, findings))


def _recipes(entry: ArchitectureResults, findings: Findings) -> Iterator[Alternatives]:
    others = other_recipes(entry, findings)
    if others:
        table = Table(
            title="Its numbers by other recipes",
            header=("Recipe", "Judged by", "Published", "Verdict", "Seeds", "What was found"),
            rows=tuple(
                (other.name, one.claim.label, published(one), one.decision, seeds(one), found(one))
                for other in others
                for one in other.verdicts
            ),
            alignments=("left", "left", "right", "left", "right", "left"),
        )
        own = own_recipe(entry, others, findings)
        yield Alternatives(OTHER_RECIPES, table, RECIPES, _conclusion((*others, *([own] if own else []))))


def _derived(entry: ArchitectureResults, findings: Findings) -> Iterator[Alternatives]:
    verdicts = other_claims(entry, findings)
    if verdicts:
        table = Table(
            title="Networks derived from it",
            header=("Network", "Judged by", "Verdict", "Seeds", "What was found"),
            rows=tuple((one.architecture, one.claim.label, one.decision, seeds(one), found(one)) for one in verdicts),
            alignments=("left", "left", "left", "right", "left"),
        )
        yield Alternatives(DERIVED, table)


def _conclusion(recipes: Sequence[OtherRecipe]) -> str:
    """Return which recipes fit, and how well each does by the number that suits it least."""
    fitting = [recipe.name for recipe in recipes if recipe.fits]
    names = numbers.listed(fitting) if fitting else "none of them"
    first = f"Recipes by which all of these numbers are reproduced: {names}."
    known = sorted((-recipe.least_p, recipe.name) for recipe in recipes if recipe.least_p is not None)
    if len(known) < len(recipes) or len(recipes) == 1:
        return first
    ordered = ", ".join(f"{name} ({numbers.p_phrase(-p)})" for p, name in known)
    return f"{first} From the best fit to the worst, {LEAST_P}: {ordered}. {SCATTER}"
