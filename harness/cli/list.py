"""``bench list``: one row per architecture of a folder; it trains and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, stdout

if TYPE_CHECKING:
    from harness.app.record_index import RecordedSeeds
    from harness.app.specs import ListedSpec

DASH = "\N{EN DASH}"
COUNTED = "Seeds of machines with the same numerics count too; 'bench plan' tells them apart."
ELSEWHERE = "Seeds in parentheses are recorded in another environment only: 'bench run' trains them again here."


def list_architectures(
    names: options.Names = None,
    *,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """List the architectures with their size, their recipe and their recorded seeds.

    A broken file is a row with its first mistake; the exit code is 2 then.

    Examples:
        bench list              every architecture, and which seeds are recorded
        bench list '00*'        the documents
        bench list --json       for a program
        bench list --dataset digits     on other data: which fit, and what is recorded
    """
    from harness.app.specs import ListOptions, list_specs

    asked = ListOptions(names=tuple(names or ()), dataset=dataset, results=results, architectures=architectures)
    listed = list_specs(asked)
    if json:
        print_json([spec.facts for spec in listed])
    else:
        stdout().print(_table(listed, [] if names else _apart(asked.specs)))
    broken = sum(bool(spec.mistakes) for spec in listed)
    if broken:
        Shown().warn(f"{broken} of {len(listed)} files can't be used; 'bench validate' reports every mistake")
        raise typer.Exit(2)


def _apart(folder: Path) -> list[str]:
    """Return how many specs stand apart in each subfolder, in a sentence each."""
    from harness.reporting.numbers import plural
    from harness.spec.folder import files_apart

    counts = Counter(file.parent.name for file in files_apart(folder))
    return [f"Apart from these, {plural(count, 'spec')}: 'bench list {name}'." for name, count in counts.items()]


def _table(listed: Sequence[ListedSpec], apart: Sequence[str]) -> Table:
    from harness.declaration.spec_error import one_line

    counted = any({*spec.recorded.counted} - {*spec.recorded.here} for spec in listed)
    elsewhere = any(_only_elsewhere(spec.recorded) for spec in listed)
    left_out = [f"{spec.name} is left out: {spec.left_out}." for spec in listed if spec.left_out is not None]
    captions = [*([COUNTED] if counted else []), *([ELSEWHERE] if elsewhere else []), *left_out, *apart]
    table = Table(
        box=None,
        header_style="bold",
        pad_edge=False,
        expand=True,
        caption="\n".join(captions) or None,
        caption_justify="left",
    )
    table.add_column("Architecture", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("Title", no_wrap=True, overflow="ellipsis", ratio=1)
    for header in ("Parameters", "MACs", "Epochs", "Seeds"):
        table.add_column(header, justify="right", no_wrap=True)
    for spec in listed:
        table.add_row(Text(one_line(spec.name)), *_row(spec))
    return table


def _row(spec: ListedSpec) -> list[Text]:
    if spec.left_out is not None:
        return [Text("left out", style="dim"), *[Text(DASH)] * 4]
    return _mistake_cells(spec) if spec.mistakes else _cells(spec)


def _mistake_cells(spec: ListedSpec) -> list[Text]:
    first = spec.mistakes[0]
    line, column = first.place[1:] if first.place else (1, 1)
    return [Text(f"{line}:{column}: {first.what}", style="red"), *[Text("?")] * 4]


def _cells(spec: ListedSpec) -> list[Text]:
    from harness.reporting.numbers import millions

    row = spec.row
    return [
        Text(row["title"]),
        Text(f"{row['parameters']:,}"),
        Text(millions(row["macs"])),
        Text(str(row["epochs"])),
        seeds_cell(spec.recorded),
    ]


def seeds_cell(recorded: RecordedSeeds) -> Text:
    """Return the seeds that count here, then in parentheses those that are recorded elsewhere alone."""
    from harness.reporting.numbers import seed_list

    elsewhere = _only_elsewhere(recorded)
    if not elsewhere:
        return Text(seed_list(recorded.counted, ","))
    counted = f"{seed_list(recorded.counted, ',')} " if recorded.counted else ""
    return Text(counted).append(f"({seed_list(elsewhere, ',')})", style="dim")


def _only_elsewhere(recorded: RecordedSeeds) -> list[int]:
    return sorted({*recorded.elsewhere} - {*recorded.counted})
