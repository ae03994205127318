"""`bench compare A B`: two architectures in depth; it compares nothing itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, stdout
from harness.evaluations.metric import HEADLINE

if TYPE_CHECKING:
    from harness.analysis.comparison import Comparison
    from harness.app.compare import CompareResult
    from harness.statistics.comparisons import Difference

Target = Annotated[
    list[float] | None,
    typer.Option(
        "--target",
        min=HEADLINE.metric.low,
        max=HEADLINE.metric.high,
        metavar=HEADLINE.metric.name.upper(),
        envvar="BENCH_TARGET",
        help=f"Show the training seconds to this {HEADLINE.title}, such as 0.99; may be given several times.",
        show_default=False,
    ),
]


def compare(
    first: options.Name,
    second: options.Name,
    *,
    target: Target = None,
    json: options.Json = False,
    environment: options.EnvironmentId = None,
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Show two architectures side by side: the difference and how sure it is, disputed images, graph and recipe.

    Examples:
        bench compare 000_convnet dense_512                   these two
        bench compare 000_convnet dense_512 --target 0.985    with the time to that accuracy
        bench compare lenet_5 dense_512 --dataset digits      what was trained on other data
    """
    from harness.app.compare import CompareOptions
    from harness.app.compare import compare as compare_two

    asked = CompareOptions(
        first=first,
        second=second,
        environment=environment,
        smoke=smoke,
        dataset=dataset,
        results=results,
        architectures=architectures,
    )
    found = compare_two(asked, progress=Shown())
    if json:
        print_json(compare_json(found, target))
    else:
        _print(found, target)


def compare_json(found: CompareResult, targets: list[float] | None) -> dict[str, Any]:
    """Return the comparison as plain values."""
    from harness.analysis.comparison import differing_lines
    from harness.analysis.metric_facts import measured_facts
    from harness.reporting.sections.cost import targets_of

    a, b, headline = found.first, found.second, found.findings.study.headline
    lines = [line for line in differing_lines(a.architecture, b.architecture) if not line.startswith(" ")]
    return {
        **_pair_json(found.comparison, found.among),
        "first_accuracies": a.by_seed(headline),
        "second_accuracies": b.by_seed(headline),
        "first_measured": measured_facts(found.findings, a),
        "second_measured": measured_facts(found.findings, b),
        "disputed_images": [asdict(image) for image in found.images],
        "differing_lines": lines,
        "time_to_target": [_target_json(target, found) for target in targets or targets_of(found.findings)],
    }


def _pair_json(pair: Comparison, among: Comparison) -> dict[str, Any]:
    """Return the pair by itself; what is corrected for all pairs of the study is called so."""
    return {
        "first": pair.first,
        "second": pair.second,
        "difference": _difference_json(pair.difference),
        "trimmed": _difference_json(pair.trimmed),
        "superiority": asdict(pair.superiority) if pair.superiority else None,
        "image_error": pair.image_error,
        "such_images_interval": asdict(pair.such_images_interval) if pair.such_images_interval else None,
        "seeds_needed": pair.seeds_needed,
        "shared": pair.shared,
        "same": pair.same,
        "tests": among.tests,
        "adjusted_p": among.adjusted_p,
        "simultaneous_interval": asdict(among.interval) if among.interval else None,
    }


def _difference_json(found: Difference | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"estimate": found.estimate, "interval": asdict(found.interval) if found.interval else None, "p": found.p}


def _target_json(target: float, found: CompareResult) -> dict[str, Any]:
    """Return how many seeds of each reached the target, and the expected training seconds with those of all epochs."""
    from harness.analysis.pareto import time_to_target

    document: dict[str, Any] = {"target": target}
    for side, entry in (("first", found.first), ("second", found.second)):
        time = time_to_target(entry, found.findings.study.headline, target)
        document[side] = {
            "reached": time.reached,
            "seeds": time.seeds,
            "seconds": time.expected_seconds if time.is_typical else None,
            "budget_seconds": time.budget.median if time.budget else None,
        }
    return document


def _print(found: CompareResult, targets: list[float] | None) -> None:
    from harness.analysis.comparison import differing_lines
    from harness.reporting.sections.images import disputed_table
    from harness.reporting.sections.side_by_side import difference_sentences, side_by_side
    from harness.reporting.terminal import render_table

    console, a, b = stdout(), found.first, found.second
    console.print(render_table(side_by_side(found.findings, a, b, targets or ())))
    for sentence in ("", *difference_sentences(found.comparison, found.among, found.findings.study.headline)):
        console.print(Text(sentence))
    if found.images:
        console.print(Text(), render_table(disputed_table(found.images, a.name, b.name, a.architecture.data.classes)))
    console.print(Text(f"\nGraph and recipe: - {a.name} alone, + {b.name} alone", style="bold"))
    for line in differing_lines(a.architecture, b.architecture):
        console.print(Text(line, style={"-": "red", "+": "green"}.get(line[:1], "dim")))
