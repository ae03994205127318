"""``bench predict``: shows what a benchmarked network makes of a few images; it changes no record."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from harness.app.console import Shown
from harness.app.progress import ProgressMode
from harness.cli import options
from harness.cli.console import print_json, say, stdout
from harness.cli.export import OneSeed

SHOWN = 3

Images = Annotated[
    list[str],
    typer.Argument(
        metavar="IMAGE...",
        help="PNG or JPEG files of the data set's size, or indices of test examples, from 0.",
        show_default=False,
    ),
]


def predict(
    name: options.Name,
    images: Images,
    *,
    seed: OneSeed = None,
    environment: options.EnvironmentId = None,
    dataset: options.OnDataset = None,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
    progress: options.Progress = ProgressMode.AUTO,
    quiet: options.Quiet = False,
) -> None:
    """Let a benchmarked network classify images, and show its scores.

    Where its weights were not kept ('bench run --keep-weights'), it is trained again first, to the same bits.

    Examples:
        bench predict 000_convnet 0 1 2             the first three test images
        bench predict 000_convnet my_digit.png
    """
    from harness.app.predict import PredictOptions
    from harness.app.predict import predict as score

    asked = PredictOptions(
        name=name,
        images=tuple(images),
        seed=seed,
        environment=environment,
        dataset=dataset,
        smoke=smoke,
        results=results,
        architectures=architectures,
    )
    done = score(asked, progress=Shown(ProgressMode.NONE if quiet else progress))
    if json:
        print_json([prediction.facts for prediction in done.predictions])
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("Image", "True class", "Predicted, with scores"):
        table.add_column(heading, overflow="fold")
    for prediction in done.predictions:
        scores = ", ".join(f"{label} {score:.3f}" for label, score in prediction.scores[:SHOWN])
        if isinstance(prediction.predicted, tuple):
            scores = f"{_listed(prediction.predicted)}; {scores}"
        table.add_row(prediction.image, _listed(prediction.truth), scores)
    stdout().print(table)
    say(f"{done.network.entry.name} seed {done.network.run.seed}")


def _listed(label: str | tuple[str, ...] | None) -> str:
    """Return a class, or the labels of an image that may have several."""
    if isinstance(label, tuple):
        return " + ".join(label) or "none"
    return label or ""
