"""`bench plan`: shows what would run, what is shared, what is recorded and how long it takes; trains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from harness.app.console import Shown
from harness.cli import options
from harness.cli.console import print_json, print_lines, stdout
from harness.planning.seeds import parse_seeds

if TYPE_CHECKING:
    from harness.app.plan import PlanResult
    from harness.planning.plan import Plan, PlannedTrial


def plan(
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
    smoke: options.Smoke = False,
    dataset: options.OnDataset = None,
    folds: options.Folds = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Show what `bench run` would train, without training it.

    Examples:
        bench plan                      every architecture, seeds 0 to 4
        bench plan '00*' --seeds 0-9    the documents, ten seeds
        bench plan --until-decided      the first ten seeds, and what it may cost at most
    """
    from harness.app.plan import plan as make_plan
    from harness.app.training.benchmark import PlanOptions

    asked = PlanOptions(
        names=() if all_ else tuple(names or ()),
        seeds=parse_seeds(seeds) if seeds else None,
        until_decided=until_decided,
        most_seeds=most_seeds,
        jobs=jobs,
        threads=threads,
        deterministic=not no_determinism,
        retrain=retrain,
        evaluate=options.parse_names(evaluate),
        smoke=smoke,
        dataset=dataset,
        folds=folds,
        results=results,
        architectures=architectures,
    )
    found = make_plan(asked, progress=Shown())
    if json:
        print_json(plan_json(found))
        return
    stdout().print(plan_table(found.plan))
    print_lines(found.sentences)


def plan_json(found: PlanResult) -> dict[str, Any]:
    """Return the plan as the contract has it."""
    trials = [
        {
            **planned.trial.facts,
            "status": planned.status.value,
            "seconds": round(planned.seconds, 1),
            "environment": planned.environment,
            "may_stop": planned.trial.may_stop,
            "from_weights": planned.from_weights,
            "evaluations": list(planned.trial.evaluations_asked_for),
        }
        for planned in found.plan.trials
    ]
    return {
        "trials": trials,
        "seconds": round(found.seconds, 1),
        "jobs": found.jobs,
        "most_trials": len(found.most.pending) if found.most else None,
        "most_seconds": round(found.most.seconds(found.jobs), 1) if found.most else None,
        "left_out": [misfit._asdict() for misfit in found.misfits],
    }


def plan_table(decided: Plan) -> Table:
    """Return one row per group of architectures that share trials."""
    from harness.planning.plan import Status
    from harness.reporting.numbers import duration, seed_list

    table = Table(box=None, header_style="bold", pad_edge=False)
    for header, justify in (("Trial", "left"), ("Architectures", "left"), ("Epochs", "right")):
        table.add_column(header, justify=justify, overflow="fold")  # type: ignore[arg-type]
    elsewhere = ("Elsewhere",) if decided.standing else ()
    for header in ("Recorded", *elsewhere, "To train", "Each"):
        table.add_column(header, justify="right", no_wrap=True)
    alike: dict[str, list[PlannedTrial]] = {}
    for planned in decided.trials:
        alike.setdefault(planned.trial.fingerprint, []).append(planned)
    for fingerprint, trials in alike.items():
        seeds: dict[Status, list[int]] = {}
        for planned in trials:
            place = planned.status if planned.status in {Status.RECORDED, Status.ELSEWHERE} else Status.PENDING
            seeds.setdefault(place, []).append(planned.trial.seed)
        shown = (Status.RECORDED, *([Status.ELSEWHERE] if elsewhere else []), Status.PENDING)
        first = trials[0]
        table.add_row(
            Text(fingerprint[:8]),
            Text(", ".join(first.trial.architectures)),
            f"{'≤ ' if first.trial.may_stop else ''}{first.trial.epochs}",
            *(seed_list(seeds.get(status, ()), ",") for status in shown),
            duration(first.seconds),
        )
    return table
