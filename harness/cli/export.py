"""``bench export``: hands results on to other tools, a command for each kind of export; writes no file itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from harness.app.console import Shown
from harness.app.progress import ProgressMode
from harness.cli import options
from harness.cli.console import say
from harness.exports.export import export_names, find_export

app = typer.Typer(
    help="Hand results on to other tools: trained networks, tables, trackers, model cards.",
    no_args_is_help=True,
)

Target = Annotated[
    Path,
    typer.Option("--to", metavar="PATH", envvar="BENCH_TO", help="The file or folder to write.", show_default=False),
]
OneSeed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, metavar="N", envvar="BENCH_SEED", help="Its seed; by default the first.", show_default=False
    ),
]
Force = Annotated[bool, typer.Option("--force", envvar="BENCH_FORCE", help="Replace what is there.")]


def command(kind: str) -> Callable[..., None]:
    """Return the command of one kind of export."""

    def write(
        names: options.Names = None,
        *,
        to: Target,
        force: Force = False,
        environment: options.EnvironmentId = None,
        dataset: options.OnDataset = None,
        smoke: options.Smoke = False,
        results: options.Results = options.DEFAULT_RESULTS,
        architectures: options.ArchitecturesFolder = None,
    ) -> None:
        from harness.app.exporting import ExportOptions, export
        from harness.reporting.numbers import plural

        asked = ExportOptions(
            kind=kind,
            to=to,
            names=tuple(names or ()),
            force=force,
            environment=environment,
            dataset=dataset,
            smoke=smoke,
            results=results,
            architectures=architectures,
        )
        done = export(asked, progress=Shown())
        runs = sum(1 for _ in done.runs)
        say(f"wrote {to}: {plural(len(done.entries), 'architecture')}, {plural(runs, 'run')}")

    return write


def help_of(kind: str, verb: str) -> str:
    """Return the first line of the export's module, with examples."""
    what = (find_export(kind).__doc__ or "").splitlines()[0]
    calls = f"    bench export {verb} --to PATH\n    bench export {verb} '00*' --to PATH"
    return f"{what}\n\nExamples:\n{calls}"


@app.command()
def model(
    name: options.Name,
    *,
    seed: OneSeed = None,
    to: Target,
    force: Force = False,
    environment: options.EnvironmentId = None,
    dataset: options.OnDataset = None,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    progress: options.Progress = ProgressMode.AUTO,
    quiet: options.Quiet = False,
) -> None:
    """A trained network, in Keras' format (FILE.keras), as FILE.onnx, or a folder with TensorFlow's SavedModel.

    Where its weights were not kept, it is trained again; it is handed over only if its digest is the record's.

    Examples:
        bench export model 000_convnet --to model.keras
        bench export model dense_512 --seed 3 --to model.onnx
    """
    from harness.app.models import ModelExportOptions, export_model

    asked = ModelExportOptions(
        name=name,
        seed=seed,
        to=to,
        force=force,
        environment=environment,
        dataset=dataset,
        smoke=smoke,
        results=results,
        architectures=architectures,
    )
    done = export_model(asked, progress=Shown(ProgressMode.NONE if quiet else progress))
    digest = done.run.last.weights_sha256
    say(f"wrote {to}: {done.entry.name} seed {done.run.seed}, the weights that were recorded (sha256 {digest[:12]}…)")


for found in export_names():
    called = found.replace("_", "-")
    app.command(called, help=help_of(found, called))(command(found))
