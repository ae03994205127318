"""``bench list``: one row per architecture of a folder; it trains and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.cli.console import print_json, stdout, warn

if TYPE_CHECKING:
    from harness.cli.described import Described
    from harness.spec.mistakes import InvalidSpec


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
    from harness.cli.described import broken_row, describe
    from harness.cli.recorded import RecordedSeeds
    from harness.spec.folder import architectures_folder, select_files
    from harness.spec.mistakes import InvalidSpec
    from harness.spec.reading import read_all

    files = select_files(names or (), architectures_folder(architectures))
    recorded = RecordedSeeds(results)
    rows = [
        (file.stem, reading if isinstance(reading, InvalidSpec) else describe(reading, recorded))
        for file, reading in zip(files, read_all(files), strict=True)
    ]
    if json:
        print_json([broken_row(name, row) if isinstance(row, InvalidSpec) else row.row() for name, row in rows])
    else:
        stdout().print(_table(rows))
    broken = [row for _, row in rows if isinstance(row, InvalidSpec)]
    if broken:
        warn(f"{len(broken)} of {len(rows)} files can't be used; 'bench validate' tells every mistake")
        raise typer.Exit(2)


def _table(rows: list[tuple[str, Described | InvalidSpec]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, expand=True)
    table.add_column("Architecture", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("Title", no_wrap=True, overflow="ellipsis", ratio=1)
    for header in ("Parameters", "MACs", "Epochs", "Seeds"):
        table.add_column(header, justify="right", no_wrap=True)
    for name, row in rows:
        table.add_row(name, *_cells(row))
    return table


def _cells(row: Described | InvalidSpec) -> list[Text]:
    from harness.cli.described import Described
    from harness.cli.plan import seeds_text

    if not isinstance(row, Described):
        first = row.mistakes[0]
        return [Text(f"{first.line}:{first.column}: {first.what}", style="red"), *[Text("?")] * 4]
    architecture = row.architecture
    return [
        Text(architecture.title),
        Text(f"{row.cost.parameters:,}"),
        Text(millions(row.cost.macs)),
        Text(str(architecture.training.epochs)),
        Text(seeds_text(row.recorded_seeds)),
    ]


def millions(count: int) -> str:
    """Return a number of multiply-accumulates in short.

    >>> millions(2_794_240), millions(407_050), millions(850)
    ('2.79 M', '0.41 M', '0.00 M')
    """
    return f"{count / 1e6:,.2f} M"
