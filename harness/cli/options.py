"""The options and arguments that several verbs share; a verb's own stand in its module."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from harness.app import workspace
from harness.app.progress import ProgressMode
from harness.errors import CannotRead, UnknownDuration
from harness.planning.seeds import parse_most_seeds
from harness.planning.settings import MOST_AT_ONCE

MOST_SECONDS = 10 * 365 * 86400.0
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def complete_architectures(incomplete: str) -> list[str]:
    """Return the architectures' names that start with what is typed; it reads names of files and nothing else."""
    from harness.declaration.files import SUFFIX, specs_folder
    from harness.errors import NoArchitectures
    from harness.spec.folder import find_architectures

    named = os.environ.get("BENCH_ARCHITECTURES")
    try:
        files = find_architectures(specs_folder(Path(named) if named else None))
    except NoArchitectures:
        return []
    return [file.stem for file in files if file.suffix == SUFFIX and file.stem.startswith(incomplete)]


def check_folder(folder: Path) -> Path:
    """Refuse a folder that can't be looked at, before any verb does; one that is not there yet is fine.

    Raises:
        CannotRead: Its path is too long, or leads through a folder that is closed to the user.
    """
    try:
        (folder / "records").stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError as error:
        raise CannotRead(folder, error) from None
    return folder


def parse_duration(text: str) -> float:
    """Return the seconds of ``90``, ``90s``, ``30m``, ``1.5h`` or ``1h30m``.

    Raises:
        UnknownDuration: It is not a duration, or one of no seconds or of more than ten years.

    >>> parse_duration("30m"), parse_duration("1h30m")
    (1800.0, 5400.0)
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != re.sub(r"\s", "", text.lower()):
        raise UnknownDuration(text)
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    if not 0 < seconds <= MOST_SECONDS:
        raise UnknownDuration(text)
    return seconds


def parse_names(text: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas.

    >>> parse_names("shift, calibration")
    ('shift', 'calibration')
    """
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME",
        help="Architectures, as names or globs such as '00*'.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]
Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="An architecture.", autocompletion=complete_architectures),
]
ArchitecturesFolder = Annotated[
    Path | None,
    typer.Option(
        "--architectures",
        metavar="DIR",
        envvar="BENCH_ARCHITECTURES",
        help="Folder of the specs; by default ./architectures, else those that ship with the package.",
        show_default=False,
    ),
]
Results = Annotated[
    Path,
    typer.Option(
        "--results", metavar="DIR", envvar="BENCH_RESULTS", help="Folder of the results.", callback=check_folder
    ),
]
Seeds = Annotated[
    str | None,
    typer.Option(
        "--seeds",
        metavar="SEEDS",
        envvar="BENCH_SEEDS",
        help="How many seeds (5: seeds 0 to 4, the default), a list (0,3,7) or a range (0-9). A single seed: 3-3.",
        show_default=False,
    ),
]
UntilDecided = Annotated[
    bool,
    typer.Option(
        "--until-decided",
        envvar="BENCH_UNTIL_DECIDED",
        help="Train up to 10, 20 and 40 seeds, for as long as a claim is open; verdicts are corrected for looking.",
    ),
]
MostSeeds = Annotated[
    int | None,
    typer.Option(
        "--most-seeds",
        parser=parse_most_seeds,
        metavar="N",
        envvar="BENCH_MOST_SEEDS",
        help="With --until-decided: look at no more seeds than this; by default 40.",
        show_default=False,
    ),
]
All = Annotated[bool, typer.Option("--all", envvar="BENCH_ALL", help="Every architecture of the folder.")]
Smoke = Annotated[
    bool,
    typer.Option(
        "--smoke",
        envvar="BENCH_SMOKE",
        help="A few thousand examples and one epoch: seconds, kept apart from real results.",
    ),
]
OnDataset = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        metavar="NAME",
        envvar="BENCH_DATASET",
        help="Use this data set, in a folder of results of its own; by default the one that each spec names.",
        show_default=False,
    ),
]
Folds = Annotated[
    int | None,
    typer.Option(
        "--folds",
        metavar="K",
        envvar="BENCH_FOLDS",
        help="Cross-validate in so many folds, one for each seed, in a folder of results of its own.",
        show_default=False,
    ),
]
Threads = Annotated[
    int,
    typer.Option(
        "--threads", min=1, max=MOST_AT_ONCE, metavar="N", envvar="BENCH_THREADS", help="Threads and cores per trial."
    ),
]
NoDeterminism = Annotated[
    bool,
    typer.Option(
        "--no-determinism",
        envvar="BENCH_NO_DETERMINISM",
        help="Switch op determinism off; such records have an environment of their own, for the cross-check.",
    ),
]
Retrain = Annotated[
    bool,
    typer.Option(
        "--retrain",
        envvar="BENCH_RETRAIN",
        help="Also train here what a machine of the same numerics recorded, instead of counting it.",
    ),
]
Evaluate = Annotated[
    str | None,
    typer.Option(
        "--evaluate",
        metavar="NAME,…",
        envvar="BENCH_EVALUATE",
        help="Further evaluations of the last epoch's weights, such as shift,calibration; recorded trials too.",
        show_default=False,
    ),
]
LivePage = Annotated[
    bool,
    typer.Option(
        "--page",
        envvar="BENCH_PAGE",
        help="Rewrite index.html after every round of trials; a browser left open on it shows progress.",
    ),
]
KeepWeights = Annotated[
    bool,
    typer.Option(
        "--keep-weights",
        envvar="BENCH_KEEP_WEIGHTS",
        help="Keep each trial's last weights, for 'export model', 'predict' and a later --evaluate.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        max=MOST_AT_ONCE,
        metavar="N",
        envvar="BENCH_JOBS",
        help="Trials at once; by default as many as cores and memory allow.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", envvar="BENCH_JSON", help="Print one JSON document to stdout, and nothing else."),
]
EnvironmentId = Annotated[
    str | None,
    typer.Option(
        "--environment",
        metavar="ID",
        envvar="BENCH_ENVIRONMENT",
        help="The environment: an id, its beginning, or 'here'; by default the one with most records of preset seeds.",
        show_default=False,
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        parser=parse_duration,
        metavar="TIME",
        envvar="BENCH_TIMEOUT",
        help="How long one trial may take, such as 90s, 30m or 1h; by default as long as it needs.",
        show_default=False,
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME",
        envvar="BENCH_ENGINE",
        help="What trains the trials: local processes (local) or the machines of a Ray cluster (ray).",
    ),
]
Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        metavar="ADDRESS",
        envvar="BENCH_ADDRESS",
        help="With --engine ray: the cluster, as host:port or 'auto'; by default one is started on this machine.",
        show_default=False,
    ),
]
Progress = Annotated[
    ProgressMode,
    typer.Option(
        "--progress",
        metavar="MODE",
        envvar="BENCH_PROGRESS",
        help="How progress is shown on stderr: auto, live, plain, json or none.",
    ),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", envvar="BENCH_QUIET", help="No progress: the same as --progress none."),
]
DEFAULT_RESULTS = workspace.DEFAULT_RESULTS
