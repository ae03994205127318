"""The findings as plain values for the page's scripts, rounded, with texts as they stand; derives no finding."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.analysis.classes import confusion
from harness.analysis.findings import Findings
from harness.analysis.insides import COLUMNS, agreements, first_filters
from harness.analysis.robustness import tolerances
from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults
from harness.analysis.speed import stages
from harness.analysis.verdicts import Verdict
from harness.declaration.files import file_text
from harness.declaration.spec_error import InvalidSpec
from harness.evaluations.filters import EDGES, LIKENESS
from harness.evaluations.metric import TEST_ACCURACY, TRAIN, Quantity
from harness.planning.seeds import seed_option
from harness.reporting import numbers
from harness.reporting.blocks import Table
from harness.reporting.explorer.evidence_data import evidence_data, metric_data
from harness.reporting.explorer.network import fields_text, network_nodes
from harness.reporting.explorer.pictures import Shares, right_shares, shown_images
from harness.reporting.sections.alternatives import Alternatives, alternatives
from harness.reporting.sections.documents import INTRODUCTION, READING, methods, sentences
from harness.reporting.sections.headline import state
from harness.reporting.sections.insides import AGREEMENT_NOTE, FILTERS_NOTE
from harness.reporting.verdicts import explanation, measured, published
from harness.spec.architecture import Architecture
from harness.spec.claims.metrics import published_value
from harness.spec.training import Training
from harness.statistics.samples import Spread

if TYPE_CHECKING:
    from harness.reporting.figures.images import Images

# Beyond so many, what grows with their square is left to `bench compare`.
MOST_PAIRS = 2_000
MOST_CLASSES = 20
RGB = 3
DIGITS = 6


def findings_data(findings: Findings, images: Images) -> dict[str, Any]:
    """Return all that the scripts know; ``images`` are the test images by data set, where they are at hand."""
    shares, metric = right_shares(findings), findings.study.headline.metric
    shown = shown_images(findings, shares, images)
    verdicts: dict[str, list[Verdict]] = {}
    for verdict in findings.judgement.verdicts:
        verdicts.setdefault(verdict.architecture, []).append(verdict)
    datasets = {entry.architecture.dataset: entry.architecture.data for entry in findings.ranking}
    return {
        "headline": {
            **_metric(findings.study.headline),
            "pointsUnit": " points" if metric.difference_unit else "",
            "higherIsBetter": metric.higher_is_better,
        },
        "datasets": [
            {"name": name, "title": data.title, "classes": list(data.classes)} for name, data in datasets.items()
        ],
        "architectures": [
            {
                **_results(findings, entry),
                **_declared(entry.architecture),
                "claims": [_claim(verdict) for verdict in verdicts.get(entry.name, ())],
                "right": _right(entry, shares, shown),
                "confusion": _confusion(findings, entry),
                "filters": _filters(entry),
                "agreements": [
                    [one.number, one.kind, [_number(mean) for mean in one.means]] for one in agreements(entry)
                ],
            }
            for entry in findings.ranking
        ],
        "agreementColumns": [[kind, shift] for kind, shift in COLUMNS],
        "insidesNotes": {"agreements": AGREEMENT_NOTE, "filters": FILTERS_NOTE},
        "pairs": list(_pairs(findings)),
        "pairsLeftOut": max(0, len(findings.comparisons) - MOST_PAIRS),
        "tolerances": [
            {
                "name": found.evaluation,
                "title": found.evaluation.replace("_", " ").capitalize(),
                "metric": _metric(TEST_ACCURACY),
                "unit": found.unit,
                "levels": list(found.levels),
                "curves": [
                    {
                        "name": one.name,
                        "seeds": one.seeds,
                        "means": _rounded(one.means),
                        "lows": _rounded(one.lows),
                        "highs": _rounded(one.highs),
                    }
                    for one in found.curves
                ],
            }
            for found in tolerances(findings.study.measured)
        ],
        # Emphasis is Markdown's.
        "documentsIntroduction": [text.replace("*", "") for text in (INTRODUCTION, READING)],
        "claimKinds": [[name, text] for name, text in methods(findings).items()],
        "documents": list(_documents(findings, verdicts)),
        "images": shown,
    }


def _metric(quantity: Quantity) -> dict[str, Any]:
    return metric_data(quantity.heading, quantity.metric)


def _documents(findings: Findings, verdicts: Mapping[str, Sequence[Verdict]]) -> Iterator[dict[str, Any]]:
    """Yield what each source says and what came of it, the documents first."""
    stated = [entry for entry in findings.study.entries if verdicts.get(entry.name)]
    drawn = evidence_data(findings)
    for entry in sorted(stated, key=lambda entry: (entry.architecture.document is None, entry.name)):
        source = entry.architecture.document or entry.architecture.source
        if source is not None:
            yield {
                "name": entry.name,
                "source": source,
                "title": entry.architecture.title,
                "sentences": _table(sentences(verdicts[entry.name])),
                "evidence": drawn.get(entry.name, []),
                "alternatives": [_alternatives(other) for other in alternatives(entry, findings)],
            }


def _alternatives(other: Alternatives) -> dict[str, Any]:
    words = {"title": other.table.title, "introduction": other.introduction, "conclusion": other.conclusion}
    return {**_table(other.table), **words, "figure": other.figure}


def _table(table: Table) -> dict[str, Any]:
    return {"header": list(table.header), "rows": [list(row) for row in table.rows]}


def _results(findings: Findings, entry: ArchitectureResults) -> dict[str, Any]:
    summary, standing = findings.summaries[entry.name], findings.standings.get(entry.name)
    headline, found = findings.study.headline, findings.headline_of(entry)
    interval = found.interval if found else None
    stated = published_value(entry.architecture.claims, headline)
    return {
        "rank": [standing.rank.best, standing.rank.worst] if standing else None,
        "state": "" if entry.runs else state(entry, findings.study),
        "mean": _number(found.mean if found else None),
        "sd": _number(found.deviation if found else None),
        "low": _number(interval.low if interval else None),
        "high": _number(interval.high if interval else None),
        "published": None if stated is None else float(stated),
        "seeds": numbers.seed_list(entry.seeds) if entry.runs else "",
        "values": [[seed, _number(value)] for seed, value in entry.by_seed(headline).items()],
        "test": _curves(entry.runs, headline),
        "train": _curves(entry.runs, Quantity(TRAIN, headline.metric)),
        "seconds": _median(summary.train_seconds),
        "epochSeconds": _median(summary.epoch_seconds),
        "dominatedBy": list(findings.dominated.get(entry.name, ())),
        "stages": _stages(entry),
        "command": f"bench run {entry.name} --seeds {seed_option(entry.seeds or (0, 1, 2, 3, 4))}",
        "parameters": entry.cost.parameters,
        "macs": entry.cost.macs,
        "epochs": entry.epochs,
    }


def _declared(architecture: Architecture) -> dict[str, Any]:
    derivation = architecture.derivation
    return {
        "name": architecture.name,
        "title": architecture.title,
        "source": architecture.document or architecture.source,
        "dataset": architecture.dataset,
        "inputs": list(architecture.data.inputs),
        "layers": network_nodes(architecture.layers, architecture.data.inputs),
        "recipe": [_recipe(recipe) for recipe in architecture.recipes],
        "assumptions": list(architecture.assumptions),
        "parent": derivation.parent.name if derivation else None,
        "changes": list(derivation.changes) if derivation else [],
        "spec": _spec_text(architecture),
    }


def _recipe(recipe: Training) -> list[list[str]]:
    """Return what a recipe says, without what it leaves at its default."""
    dumped = recipe.model_dump(mode="json")
    said = [name for name, field in type(recipe).model_fields.items() if getattr(recipe, name) != field.default]
    return [[name.replace("_", " "), fields_text(dumped[name])] for name in said]


def _spec_text(architecture: Architecture) -> str | None:
    try:
        return file_text(architecture.path)
    except InvalidSpec:  # gone, or no longer to be read
        return None


def _claim(verdict: Verdict) -> dict[str, str]:
    return {
        "label": verdict.claim.label,
        "published": published(verdict),
        "measured": measured(verdict),
        "verdict": verdict.decision,
        "why": explanation(verdict),
        "where": verdict.claim.where,
    }


def _right(entry: ArchitectureResults, shares: Shares, shown: Mapping[str, Any]) -> list[float] | None:
    """Return the share of runs that are right about each image that is shown."""
    found, images = shares.get(entry.name), shown.get(entry.architecture.dataset)
    return None if found is None or images is None else _rounded(found[images["indices"]].tolist())


def _confusion(findings: Findings, entry: ArchitectureResults) -> list[list[float]] | None:
    classes = len(entry.architecture.data.classes)
    found = confusion(entry, findings.labels, classes) if classes <= MOST_CLASSES and entry.runs else None
    return None if found is None else [_rounded(row) for row in found.tolist()]


def _filters(entry: ArchitectureResults) -> dict[str, Any] | None:
    """Return the first seed's filters, where they are grey or coloured, one after another, 128 for 0."""
    found = first_filters(entry)
    if found is None or found.pictures.shape[2] not in {1, RGB}:
        return None
    return {
        "seed": found.seed,
        "shape": list(found.pictures.shape),
        "edges": numbers.plus_minus(EDGES, found.edges),
        "likeness": numbers.plus_minus(LIKENESS, found.likeness),
        "bytes": base64.b64encode(np.moveaxis(found.pictures, -1, 0).tobytes()).decode(),
    }


def _curves(runs: Sequence[Run], quantity: Quantity) -> list[list[float]]:
    try:
        return [_rounded(run.curve(quantity)) for run in runs]
    except KeyError:  # not of every epoch
        return []


def _stages(entry: ArchitectureResults) -> list[list[Any]]:
    found = stages(entry)
    spreads = {field.name: getattr(found, field.name) for field in fields(found) if field.name.endswith("_seconds")}
    return [
        [name.removesuffix("_seconds").replace("_", "-").capitalize(), _median(value)]
        for name, value in spreads.items()
        if isinstance(value, Spread)
    ]


def _pairs(findings: Findings) -> list[list[Any]]:
    """Return every pair: places in the ranking, difference with its interval, p-value, whether they differ or can."""
    places = {entry.name: place for place, entry in enumerate(findings.ranking)}
    return [
        [
            places[pair.first],
            places[pair.second],
            _number(pair.difference.estimate if pair.difference else None),
            _number(pair.interval.low if pair.interval else None),
            _number(pair.interval.high if pair.interval else None),
            _number(pair.adjusted_p),
            pair.differ,
            pair.same,
        ]
        for pair in islice(findings.comparisons, MOST_PAIRS)
    ]


def _median(found: Spread | None) -> float | None:
    return _number(found.median) if found else None


def _rounded(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def _number(value: float | None) -> float | None:
    """Return the number as it is written: another version's last bit changes no byte of the page."""
    return None if value is None else float(f"{value:.{DIGITS}g}")
