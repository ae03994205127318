"""`bench verify`: trains recorded trials again and compares bits, or checks the files alone; prints what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.app.console import Shown
from harness.app.progress import ProgressMode
from harness.cli import options
from harness.cli.console import print_json, print_lines
from harness.planning.seeds import parse_recorded_seeds
from harness.planning.settings import MOST_AT_ONCE

if TYPE_CHECKING:
    from harness.app.audit import Audit
    from harness.app.verification import Verification, VerifyResult
    from harness.app.verify import VerifyOptions

SeedOption = Annotated[
    str | None,
    typer.Option(
        "--seed",
        metavar="SEED",
        envvar="BENCH_SEED",
        help="A recorded seed (3), a list (0,3,7), a range (0-9) or 'all'; by default each trial's first recorded one.",
        show_default=False,
    ),
]
ThreadsNow = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=1,
        max=MOST_AT_ONCE,
        metavar="N",
        envvar="BENCH_THREADS",
        help="Train on N threads; by default on as many as the record, since other threads give other bits.",
        show_default=False,
    ),
]
RecordsOnly = Annotated[
    bool,
    typer.Option("--records", envvar="BENCH_RECORDS", help="Train nothing: check that the stored files hold together."),
]


def verify(
    names: options.Names = None,
    *,
    all_: options.All = False,
    seed: SeedOption = None,
    records: RecordsOnly = False,
    environment: options.EnvironmentId = None,
    threads: ThreadsNow = None,
    jobs: options.Jobs = None,
    timeout: options.Timeout = None,
    engine: options.Engine = "local",
    address: options.Address = None,
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
    progress: options.Progress = ProgressMode.AUTO,
    quiet: options.Quiet = False,
) -> None:
    """Train recorded trials again in fresh processes and compare every digest; exit 1 at any difference.

    Examples:
        bench verify                         the first seed of everything that is recorded
        bench verify 000_convnet --seed all  every seed of one architecture
        bench verify --records               no training: find edited and damaged files
        bench verify --engine ray            on the machines of a Ray cluster (--address)
    """
    from harness.app.verify import VerifyOptions
    from harness.app.verify import verify as train_again

    asked = VerifyOptions(
        names=() if all_ else tuple(names or ()),
        seeds=parse_recorded_seeds(seed),
        environment=environment,
        threads=threads,
        jobs=jobs,
        timeout_seconds=timeout,
        engine=engine,
        address=address,
        smoke=smoke,
        dataset=dataset,
        results=results,
        architectures=architectures,
    )
    if records:
        check_records(asked, json=json)
        return
    found = train_again(asked, progress=Shown(ProgressMode.NONE if quiet else progress))
    if json:
        print_json(verify_json(found))
    else:
        print_lines(found.lines)
    if not found.all_same:
        raise typer.Exit(1)


def check_records(asked: VerifyOptions, *, json: bool) -> None:
    """Check the stored files, of every environment where none is asked for, and exit with 1 if one does not hold."""
    from harness.app.audit import audit
    from harness.app.verify import wanted_files

    found = audit(asked, wanted_files(asked), progress=Shown())
    if json:
        print_json(audit_json(found))
    else:
        print_lines(found.lines)
    if found.faults:
        raise typer.Exit(1)


def verify_json(found: VerifyResult) -> dict[str, Any]:
    """Return what became of each trial as plain values."""
    return {
        "recorded_environment": found.recorded.id,
        "environment": found.here.id,
        "same": found.same,
        "trials": [{**verified.trial.facts, **_verification_json(verified)} for verified in found.trials],
    }


def _verification_json(verified: Verification) -> dict[str, Any]:
    mismatch = verified.mismatch
    return {
        "verdict": verified.verdict,
        "compared_epochs": verified.epochs,
        "compared_values": verified.compared,
        "first_difference": {"epoch": mismatch.epoch, "what": list(mismatch.what)} if mismatch else None,
        "causes": [vars(cause) for cause in verified.causes],
        "reason": verified.reason,
    }


def audit_json(found: Audit) -> dict[str, Any]:
    """Return the audit as plain values."""
    return {
        "records": found.records,
        "checks": list(found.checks),
        "problems": [{"path": str(fault.path), "check": fault.check, "problem": fault.what} for fault in found.faults],
        "unchecked": list(found.unchecked),
    }
