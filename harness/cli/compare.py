"""`bench compare A B`: two architectures in depth; it compares nothing itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from harness.cli import options
from harness.cli.console import print_json, stdout

if TYPE_CHECKING:
    from harness.analysis.agreement import DisputedImage
    from harness.analysis.comparison import Comparison
    from harness.analysis.findings import Findings
    from harness.analysis.runs import ArchitectureResults

SHOWN_IMAGES = 12
Target = Annotated[
    list[float] | None,
    typer.Option(
        "--target",
        min=0,
        max=1,
        metavar="ACCURACY",
        envvar="BENCH_TARGET",
        help="Show the training seconds to this test accuracy, such as 0.99; may be given several times.",
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
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
) -> None:
    """Show two architectures side by side: the difference and how sure it is, disputed images, graph and recipe."""
    from harness.analysis.agreement import disputed_images
    from harness.analysis.comparison import compare as compare_two
    from harness.cli.derived import Asked, read_derived
    from harness.spec.folder import architectures_folder, only_file

    folder = architectures_folder(architectures)
    files = tuple(only_file(name, folder) for name in (first, second))
    findings = read_derived(Asked(results, architectures, environment, smoke, files)).findings
    a, b = (one for file in files for one in findings.study.entries if one.name == file.stem)
    pair, images = compare_two(a, b), disputed_images(a, b, findings.labels, SHOWN_IMAGES)
    if json:
        _print_json(pair, images, (a, b), target)
    else:
        _print(findings, pair, images, (a, b), target)


def _print_json(
    pair: Comparison,
    images: tuple[DisputedImage, ...],
    both: tuple[ArchitectureResults, ArchitectureResults],
    targets: list[float] | None,
) -> None:
    from harness.analysis.agreement import differing_lines
    from harness.report.sections.cost import TARGETS

    a, b = both
    lines = [line for line in differing_lines(a.architecture, b.architecture) if not line.startswith(" ")]
    document = {
        **asdict(pair),
        "first_accuracies": dict(zip(a.seeds, a.accuracies, strict=True)),
        "second_accuracies": dict(zip(b.seeds, b.accuracies, strict=True)),
        "disputed_images": [asdict(image) for image in images],
        "differing_lines": lines,
        "time_to_target": [_target_json(target, both) for target in targets or TARGETS],
    }
    print_json(document)


def _target_json(target: float, both: tuple[ArchitectureResults, ArchitectureResults]) -> dict[str, Any]:
    """Return how many seeds of each reached the test accuracy, and the median of their training seconds."""
    from harness.analysis.pareto import time_to_target

    document: dict[str, Any] = {"target": target}
    for side, one in zip(("first", "second"), both, strict=True):
        time = time_to_target(one, target)
        document[side] = {
            "reached": time.reached,
            "seeds": time.seeds,
            "seconds": time.seconds.median if time.seconds else None,
        }
    return document


def _print(
    findings: Findings,
    pair: Comparison,
    images: tuple[DisputedImage, ...],
    both: tuple[ArchitectureResults, ArchitectureResults],
    targets: list[float] | None,
) -> None:
    from harness.analysis.agreement import differing_lines
    from harness.report.sections.comparison import difference_sentences, side_by_side
    from harness.report.sections.cost import TARGETS
    from harness.report.sections.images import disputed_table
    from harness.report.terminal import render_table

    console, (a, b) = stdout(), both
    console.print(render_table(side_by_side(findings, a, b, targets or TARGETS)))
    for sentence in ("", *difference_sentences(pair)):
        console.print(Text(sentence))
    if images:
        console.print(Text(), render_table(disputed_table(images, a.name, b.name)))
    console.print(Text(f"\nGraph and recipe: - {a.name} alone, + {b.name} alone", style="bold"))
    for line in differing_lines(a.architecture, b.architecture):
        console.print(Text(line, style={"-": "red", "+": "green"}.get(line[:1], "dim")))
