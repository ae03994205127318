"""``bench data``: fetches, imports and checks the data sets; reads no image itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.app.console import Shown
from harness.cli.console import print_json, stdout
from harness.cli.options import ArchitecturesFolder, Json

if TYPE_CHECKING:
    from harness.data.dataset import Dataset

app = typer.Typer(
    help="Fetch, import or check the data sets, kept in the user's cache folder (BENCH_CACHE names another).",
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
def status(*, architectures: ArchitecturesFolder = None, json: Json = False) -> None:
    """Show where the copy of each data set in use is, where it came from, and whether it is as published.

    In use are those that specs name, and those that are declared beside them. Exits with 1 where a copy is missing or
    damaged.

    Examples:
        bench data status           is everything there?
        bench data status --json    for a program
    """
    from harness.app.datasets import datasets_in_use, named_datasets
    from harness.data.cache import copy_state
    from harness.declaration.files import specs_folder

    specs = specs_folder(architectures)
    found = [copy_state(dataset) for dataset in datasets_in_use(specs, named_datasets(specs))]
    if json:
        print_json([state.as_json() for state in found])
    else:
        for state in found:
            stdout().print(state.sentence, markup=False, soft_wrap=True)
    if not all(state.verified for state in found):
        raise typer.Exit(1)


@app.command()
def fetch(name: DatasetName = DEFAULT_DATASET, *, architectures: ArchitecturesFolder = None) -> None:
    """Fetch a data set from the first source that has it, unless the cache holds a verified copy.

    Examples:
        bench data fetch            MNIST; 'bench run' does it, too
    """
    from harness.data.declarations import find_dataset
    from harness.data.fetching import fetch as fetch_dataset

    declared = find_dataset(name, architectures)
    with Shown().fetching() as on_event:
        fetch_dataset(declared, on_event)
    _print_path(declared)


@app.command("import")
def import_(
    files: Files, *, dataset: DatasetOption = DEFAULT_DATASET, architectures: ArchitecturesFolder = None
) -> None:
    """Import a data set from files, once they are found to be the published ones.

    Examples:
        bench data import mnist.npz                  Keras' own file
        bench data import ~/Downloads/mnist-files    a folder of the four files, gzipped or not
    """
    from harness.data.declarations import find_dataset
    from harness.data.fetching import import_files

    declared = find_dataset(dataset, architectures)
    with Shown().fetching() as on_event:
        import_files(declared, files, on_event)
    _print_path(declared)


@app.command()
def path(name: DatasetName = DEFAULT_DATASET, *, architectures: ArchitecturesFolder = None) -> None:
    """Print the path of a data set's verified copy, whether it exists yet or not.

    Examples:
        cp "$(bench data path)" /media/stick    for a machine without a network
    """
    from harness.data.declarations import find_dataset

    _print_path(find_dataset(name, architectures))


def _print_path(dataset: Dataset) -> None:
    from harness.data.cache import CachedCopy

    stdout().print(str(CachedCopy(dataset).path), markup=False, soft_wrap=True)
