"""`bench run`: trains what is not recorded yet, then writes the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from harness.app.console import Shown
from harness.app.progress import ProgressMode
from harness.cli import options
from harness.cli.console import print_json
from harness.cli.report import name_files, print_headline
from harness.errors import NothingSelected
from harness.planning.seeds import parse_seeds

if TYPE_CHECKING:
    from harness.analysis.elsewhere import Elsewhere
    from harness.analysis.findings import Findings
    from harness.app.run import RunResult

# What a program that waits for decisions needs of a verdict; `bench claims --json` has the rest.
FACTS = ("architecture", "claim", "subject", "verdict", "seeds", "look")


def run(
    names: options.Names = None,
    *,
    all_: options.All = False,
    seeds: options.Seeds = None,
    until_decided: options.UntilDecided = False,
    most_seeds: options.MostSeeds = None,
    jobs: options.Jobs = None,
    threads: options.Threads = 1,
    no_determinism: options.NoDeterminism = False,
    retrain: options.Retrain = False,
    evaluate: options.Evaluate = None,
    keep_weights: options.KeepWeights = False,
    page: options.LivePage = False,
    timeout: options.Timeout = None,
    engine: options.Engine = "local",
    address: options.Address = None,
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    folds: options.Folds = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
    progress: options.Progress = ProgressMode.AUTO,
    quiet: options.Quiet = False,
) -> None:
    """Train what is not recorded yet, then write the report. The same command again resumes.

    Examples:
        bench run --all                        every architecture, seeds 0 to 4
        bench run '00*' --seeds 0-9            the documents, ten seeds
        bench run '00*' --until-decided        10 seeds; 20 and 40 for open claims
        bench run '00*' --evaluate shift       how they tolerate shifted images
        bench run 000_convnet --smoke          see it work in seconds
        bench run --all --dataset digits       every architecture that fits, on other data
        bench run --all --folds 5              five-fold cross-validation, seeds 0 to 4
        bench run --all --engine ray           on the machines of a Ray cluster (--address)
    """
    if not names and not all_:
        raise NothingSelected

    from harness.app.run import RunOptions
    from harness.app.run import run as train_and_report

    asked = RunOptions(
        names=() if all_ else tuple(names or ()),
        seeds=parse_seeds(seeds) if seeds else None,
        until_decided=until_decided,
        most_seeds=most_seeds,
        jobs=jobs,
        threads=threads,
        deterministic=not no_determinism,
        retrain=retrain,
        evaluate=options.parse_names(evaluate),
        timeout_seconds=timeout,
        keep_weights=keep_weights,
        page=page,
        engine=engine,
        address=address,
        smoke=smoke,
        dataset=dataset,
        folds=folds,
        results=results,
        architectures=architectures,
    )
    shown = Shown(ProgressMode.NONE if quiet else progress)
    done = train_and_report(asked, progress=shown)
    if json:
        print_json(run_json(done))
    else:
        print_headline(done.findings)
    name_files(done.page.changed, shown)
    if done.failed:
        raise typer.Exit(1)


def run_json(done: RunResult) -> dict[str, Any]:
    """Return what the run trained, what failed, and the summary of every architecture."""
    import json

    failures = [
        {
            **event.trial.facts,
            **event.outcome.failure.model_dump(mode="json"),
        }
        for event in done.failed
        if event.outcome.failure
    ]
    environment = done.findings.study.environment
    return {
        "trained": len(done.ended) - len(failures),
        "failures": failures,
        "environment": environment.id if environment else None,
        "until_decided": sequential_json(done.findings),
        "left_out": [misfit._asdict() for misfit in done.misfits],
        "elsewhere": [elsewhere_json(found) for found in done.findings.elsewhere],
        "architectures": json.loads(done.summary.to_json(orient="records")),
    }


def sequential_json(findings: Findings) -> dict[str, Any] | None:
    """Return which claims are judged until decided, and at how many seeds each was; None where none is."""
    design = findings.study.design
    if design is None or design.until_decided is None:
        return None
    names = design.until_decided.architectures
    claims = [
        {name: verdict.facts[name] for name in FACTS}
        for verdict in findings.judgement.verdicts
        if verdict.architecture in names and verdict.claim.basis == "training"
    ]
    return {"looks": list(design.until_decided.looks), "claims": claims}


def elsewhere_json(found: Elsewhere) -> dict[str, Any]:
    """Return how another machine of the same numerics compares, and how many trials count as recorded there."""
    other_bits = [{"architecture": other.name, "seed": other.seed, "where": other.where} for other in found.other_bits]
    return {
        "environment": found.environment.id,
        "taken": found.taken,
        "in_common": found.in_common,
        "same_bits": found.same_bits,
        "other_bits": other_bits,
    }
