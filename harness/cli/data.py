"""``bench data``: where the data sets are, and how they get there; reads no image itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.app.console import Shown
from harness.cli.console import print_json, stdout
from harness.cli.options import Json

app = typer.Typer(
    help="Fetch, bring or check the data sets, kept in the user's cache folder (BENCH_CACHE names another).",
    no_args_is_help=True,
)

DatasetName = Annotated[str, typer.Argument(metavar="[NAME]", help="A data set.", show_default="mnist")]
DatasetOption = Annotated[
    str,
    typer.Option("--dataset", metavar="NAME", envvar="BENCH_DATASET", help="The data set that the files hold."),
]
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="The published files, gzipped or not, a folder or archive of them, or Keras' npz.",
        show_default=False,
    ),
]
DEFAULT_DATASET = "mnist"


@app.command()
def status(*, json: Json = False) -> None:
    """Say of each data set where its copy is, where it came from, and whether it is as published.

    Exits with 1 where a copy is missing or damaged.
    """
    from harness.data.library import DATASETS
    from harness.data.standing import standing

    found = [standing(description) for description in DATASETS.values()]
    if json:
        print_json([one.as_json() for one in found])
    else:
        for one in found:
            stdout().print(one.sentence, markup=False, soft_wrap=True)
    if not all(one.verified for one in found):
        raise typer.Exit(1)


@app.command()
def fetch(name: DatasetName = DEFAULT_DATASET) -> None:
    """Bring a data set from the first source that has it, unless a verified copy is there."""
    from harness.data import obtain

    with Shown().fetching() as on_event:
        obtain(name, on_event)
    _print_path(name)


@app.command("import")
def bring(files: Files, dataset: DatasetOption = DEFAULT_DATASET) -> None:
    """Keep the data set that the files hold, once it is found to be as published."""
    from harness.data import bring as bring_files

    with Shown().fetching() as on_event:
        bring_files(dataset, files, on_event)
    _print_path(dataset)


@app.command()
def path(name: DatasetName = DEFAULT_DATASET) -> None:
    """Print where a data set's verified copy stands, or would stand."""
    _print_path(name)


def _print_path(name: str) -> None:
    from harness.data.cache import Cached, cache_folder
    from harness.data.library import describe

    stdout().print(str(Cached(describe(name), cache_folder()).path), markup=False, soft_wrap=True)
