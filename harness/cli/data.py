"""``bench data``: lists, adds, fetches, imports and checks data sets; reads no image itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.app.console import Shown
from harness.cli.console import print_json, say, stdout
from harness.cli.options import ArchitecturesFolder, Json

if TYPE_CHECKING:
    from rich.table import Table

    from harness.data.dataset import Dataset

app = typer.Typer(
    help="List, add, fetch, import or check data sets, kept in the user's cache folder (BENCH_CACHE names another).",
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
Given = Annotated[
    Path, typer.Argument(metavar="PATH", help="An .npz file, a folder of images, or a table.", show_default=False)
]
NewName = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", envvar="BENCH_NAME", help="What specs call it; by default as the path."),
]
Size = Annotated[
    str | None,
    typer.Option(
        "--size", metavar="HEIGHTxWIDTH", envvar="BENCH_SIZE", help="Resize images to this size, such as 64x64."
    ),
]
Grayscale = Annotated[
    bool, typer.Option("--grayscale", envvar="BENCH_GRAYSCALE", help="Turn the colours of images into shades of gray.")
]
Label = Annotated[
    str | None,
    typer.Option(
        "--label",
        metavar="COLUMN,…",
        envvar="BENCH_LABEL",
        help="The column of a table with the classes; a,b,c: a column of 0 and 1 for each of several labels.",
    ),
]
OneHot = Annotated[
    bool,
    typer.Option(
        "--one-hot", envvar="BENCH_ONE_HOT", help="Rows of labels have a single 1: the example's class, not several."
    ),
]
PixelShape = Annotated[
    str | None,
    typer.Option(
        "--shape",
        metavar="SHAPE",
        envvar="BENCH_SHAPE",
        help="The other columns of a table are pixels of this shape, such as 28x28; without it, features.",
    ),
]
TestShare = Annotated[
    float | None,
    typer.Option(
        "--test",
        metavar="SHARE",
        envvar="BENCH_TEST",
        help="The share of each class to test on, where the files set no test examples apart; by default 0.2.",
        show_default=False,
    ),
]
SplitSeed = Annotated[
    int,
    typer.Option(
        "--split-seed",
        min=0,
        max=2**32 - 1,
        metavar="N",
        envvar="BENCH_SPLIT_SEED",
        help="The seed that the test examples are drawn with.",
    ),
]
DEFAULT_DATASET = "mnist"


@app.command("list")
def list_(*, architectures: ArchitecturesFolder = None, json: Json = False) -> None:
    """List the data sets that specs can name: those that are shipped, and one's own.

    Examples:
        bench data list           which are there?
        bench data list --json    for a program
    """
    from harness.app.datasets import list_datasets
    from harness.declaration.files import specs_folder

    rows = list_datasets(specs_folder(architectures))
    if json:
        print_json(rows)
    else:
        stdout().print(_table(rows))


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("Name", no_wrap=True)
    table.add_column("Title", overflow="fold")
    for header in ("Inputs", "Classes", "Train", "Test"):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("Cached")
    for row in rows:
        sizes = "×".join(map(str, row["inputs"])), str(len(row["classes"]))
        examples = f"{row['train_examples']:,}", f"{row['test_examples']:,}"
        table.add_row(Text(row["name"]), Text(row["title"]), *sizes, *examples, "yes" if row["cached"] else "no")
    return table


@app.command()
def add(
    path: Given,
    *,
    name: NewName = None,
    size: Size = None,
    grayscale: Grayscale = False,
    label: Label = None,
    one_hot: OneHot = False,
    shape: PixelShape = None,
    test: TestShare = None,
    split_seed: SplitSeed = 0,
    architectures: ArchitecturesFolder = None,
) -> None:
    """Add a data set of your own: an .npz file, a folder of images, or a table.

    An .npz file holds x_train and y_train, and x_test and y_test where the test examples are set apart. A folder holds
    a folder of PNG or JPEG images for each class. A table, as .csv or .parquet, has an example in each row. Where an
    example may have several labels, y_train has a row of 0 and 1 for each, and a table a column for each label.

    Examples:
        bench data add leaves.npz
        bench data add photos --size 64x64
        bench data add table.csv --label species
        bench data add digits.csv --label digit --shape 28x28
        bench data add scenes.csv --label beach,sunset,field     several labels an example
    """
    from harness.app.adding_options import AddOptions, parse_shape, parse_size
    from harness.app.datasets import add_dataset

    added = add_dataset(
        AddOptions(
            path=path,
            name=name,
            size=parse_size(size),
            grayscale=grayscale,
            label=label,
            one_hot=one_hot,
            shape=parse_shape(shape),
            test=test,
            split_seed=split_seed,
            architectures=architectures,
        )
    )
    stdout().print(str(added.file), markup=False, soft_wrap=True)
    for sentence in added.sentences:
        say(sentence)


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
