"""``bench list``: one row per architecture of a folder; it trains and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, stdout

if TYPE_CHECKING:
    from harness.cli.known import Row
    from harness.declaration.spec_error import InvalidSpec


def list_architectures(
    names: options.Names = None,
    *,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """List the architectures with their size, their recipe and their recorded seeds.

    A broken file is a row with its first mistake; the exit code is 2 then.
    """
    from harness.cli.described import broken_row, rows_of
    from harness.cli.recorded import RecordedSeeds
    from harness.declaration.spec_error import InvalidSpec
    from harness.spec.folder import architectures_folder, select_files

    files = select_files(names or (), architectures_folder(architectures))
    recorded, found = RecordedSeeds(results), rows_of(files)
    rows = [
        broken_row(file.stem, row)
        if isinstance(row, InvalidSpec)
        else {**row, "recorded_seeds": recorded.of(row["fingerprint"], row["epochs"])}
        for file, row in zip(files, found, strict=True)
    ]
    errors = [one if isinstance(one, InvalidSpec) else None for one in found]
    broken = len(errors) - errors.count(None)
    if json:
        print_json(rows)
    else:
        stdout().print(_table(rows, errors))
    if broken:
        Shown().warn(f"{broken} of {len(rows)} files can't be used; 'bench validate' reports every mistake")
        raise typer.Exit(2)


def _table(rows: Sequence[Row], errors: Sequence[InvalidSpec | None]) -> Table:
    from harness.declaration.spec_error import one_line

    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    table.add_column("Architecture", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("Title", no_wrap=True, overflow="ellipsis", ratio=1)
    for header in ("Parameters", "MACs", "Epochs", "Seeds"):
        table.add_column(header, justify="right", no_wrap=True)
    for row, error in zip(rows, errors, strict=True):
        table.add_row(Text(one_line(row["name"])), *(_broken_cells(error) if error else _cells(row)))
    return table


def _broken_cells(error: InvalidSpec) -> list[Text]:
    first = error.mistakes[0]
    line, column = first.place[1:] if first.place else (1, 1)
    return [Text(f"{line}:{column}: {first.what}", style="red"), *[Text("?")] * 4]


def _cells(row: Row) -> list[Text]:
    from harness.report.numbers import millions, seed_list

    return [
        Text(row["title"]),
        Text(f"{row['parameters']:,}"),
        Text(millions(row["macs"])),
        Text(str(row["epochs"])),
        Text(seed_list(row["recorded_seeds"], ",")),
    ]
