"""``bench new``: starts a spec file that is valid at once; it overwrites nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.console import say
from harness.cli.options import ArchitecturesFolder, complete_architectures

NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new architecture's name.", show_default=False)]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="OTHER",
        envvar="BENCH_FROM",
        help="Start with this architecture's layers and recipe.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]


Derive = Annotated[
    bool,
    typer.Option("--derive", envvar="BENCH_DERIVE", help="Say only how it differs from that one.", show_default=False),
]

KerasFile = Annotated[
    Path | None,
    typer.Option(
        "--keras",
        metavar="FILE",
        envvar="BENCH_KERAS",
        help="Start with the layers and the recipe of a saved Keras model: a .keras file, or JSON of model.to_json().",
        show_default=False,
    ),
]

DatasetName = Annotated[
    str | None,
    typer.Option("--dataset", metavar="NAME", envvar="BENCH_DATASET", help="The data set that it is trained on."),
]


def new(
    name: NewName,
    *,
    other: From = None,
    derive: Derive = False,
    keras: KerasFile = None,
    dataset: DatasetName = None,
    architectures: ArchitecturesFolder = None,
) -> None:
    """Write a commented spec to fill in, and the schema that editors complete and check it with.

    Examples:
        bench new my_network                      a small network to change
        bench new my_network --from 000_convnet   with that one's layers and recipe
        bench new no_pooling --from 000_convnet --derive   only what differs from it
        bench new my_network --dataset photos     for data of your own
        bench new my_network --keras model.keras  from a model that Keras has saved; nothing in it is run
    """
    from harness.app.new import NewOptions, start_spec

    options = NewOptions(
        name=name, other=other, derive=derive, keras=keras, dataset=dataset, architectures=architectures
    )
    path = start_spec(options)
    typer.echo(path)
    say(f"next: edit {path}, then 'bench validate {path.stem}' and 'bench run {path.stem}'")
