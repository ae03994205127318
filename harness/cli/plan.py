"""`bench plan`: says what would run, what is shared, what is recorded and how long it takes; trains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.cli.benchmark import Selection, jobs_for, load_records, read_benchmark
from harness.cli.console import print_json, stdout
from harness.cli.texts import duration

if TYPE_CHECKING:
    from harness.plan.plan import Plan


def plan(
    names: options.Names = None,
    *,
    all_: options.All = False,
    seeds: options.Seeds = options.DEFAULT_SEEDS,
    jobs: options.Jobs = None,
    threads: options.Threads = 1,
    no_determinism: options.NoDeterminism = False,
    smoke: options.Smoke = False,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Say what `bench run` would train, without training it.

    Examples:
        bench plan                      every architecture, seeds 0 to 4
        bench plan '00*' --seeds 0-9    the documents, ten seeds
    """
    from harness.app.pipeline import plan_benchmark

    benchmark = read_benchmark(
        Selection(() if all_ else names or (), seeds, threads, smoke, results, architectures, not no_determinism)
    )
    decided = plan_benchmark(benchmark, load_records(benchmark, set_aside=False))
    at_once = jobs_for(benchmark, decided, jobs)
    if json:
        print_json(plan_json(decided, at_once))
        return
    stdout().print(plan_table(decided))
    for sentence in plan_sentences(decided, at_once):
        stdout().print(sentence, markup=False)


def plan_json(decided: Plan, jobs: int) -> dict[str, Any]:
    """Return the plan as the contract has it."""
    trials = [
        {
            "id": planned.trial.fingerprint,
            "seed": planned.trial.seed,
            "epochs": planned.trial.epochs,
            "architectures": list(planned.trial.architectures),
            "status": planned.status.value,
            "seconds": round(planned.seconds, 1),
        }
        for planned in decided.trials
    ]
    return {"trials": trials, "seconds": round(decided.seconds(jobs), 1), "jobs": jobs}


def plan_table(decided: Plan) -> Table:
    """Return one row per group of architectures that share trials."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for header, justify in (("Trial", "left"), ("Architectures", "left"), ("Epochs", "right")):
        table.add_column(header, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for header in ("Recorded", "To train", "Each"):
        table.add_column(header, justify="right", no_wrap=True)
    for id_ in dict.fromkeys(planned.trial.fingerprint for planned in decided.trials):
        trials = [planned for planned in decided.trials if planned.trial.fingerprint == id_]
        pending = [planned for planned in trials if planned in decided.pending]
        first = trials[0]
        table.add_row(
            Text(id_[:8]),
            Text(", ".join(first.trial.architectures)),
            str(first.trial.epochs),
            seeds_text([planned.trial.seed for planned in trials if planned not in pending]),
            seeds_text([planned.trial.seed for planned in pending]),
            duration(first.seconds),
        )
    return table


def plan_sentences(decided: Plan, jobs: int) -> list[str]:
    """Return what the plan comes to, in sentences."""
    sentences = [f"{', '.join(group)} share trials." for group in decided.shared]
    pending, total = len(decided.pending), len(decided.trials)
    retries = sum(planned.status == "retry" for planned in decided.pending)
    if not pending:
        return [*sentences, f"All {total} trials are recorded: nothing to train."]
    at_once = f"{jobs} at once" if jobs > 1 else "one at a time"
    time = duration(decided.seconds(jobs))
    sentences.append(f"{pending} of {total} trials to train, {at_once}: about {time}.")
    return [*sentences, f"{retries} of them failed before and will be tried again."] if retries else sentences


def seeds_text(seeds: list[int]) -> str:
    """Return seeds in short.

    >>> seeds_text([0, 1, 2, 3, 7]), seeds_text([])
    ('0-3,7', '-')
    """
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs) or "-"
