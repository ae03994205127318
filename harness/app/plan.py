"""What would run, what is shared, what is recorded, how long it takes; trains nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from harness.app.benchmark import PlanOptions, jobs_for, plan_benchmark, read_benchmark
from harness.app.progress import SILENT, Progress
from harness.app.workspace import load_records
from harness.errors import Unaffordable
from harness.planning.forecast import heaviest_layer
from harness.planning.plan import Plan, Status
from harness.planning.seeds import LOOKS
from harness.reporting.numbers import duration, listed, plural
from harness.spec.advice import advice_on
from harness.spec.moving import Misfit

if TYPE_CHECKING:
    import pandas as pd

# A night: who plans so long a run wants to know what would be cheaper.
LONG_SECONDS = 8 * 3600
DAY_SECONDS = 86_400.0
# What takes longer, nobody waits for.
MOST_DAYS = 30


@dataclass(frozen=True, repr=False)
class PlanResult:
    """The plan, and how many of its trials would run at once.

    Until claims are decided, it is the next round's, and ``most`` is that of all rounds if none is decided early.
    ``misfits`` were asked for and can't be trained on the data set.
    """

    plan: Plan
    jobs: int
    most: Plan | None = None
    misfits: tuple[Misfit, ...] = ()

    @property
    def seconds(self) -> float:
        """The wall seconds that the pending trials will take."""
        return self.plan.seconds(self.jobs)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the plan comes to."""
        at_most = most_sentences(self.most, self.jobs) if self.most else ()
        return (*misfit_sentences(self.misfits), *plan_sentences(self.plan, self.jobs), *at_most)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per trial, in the order in which the pending ones start."""
        import pandas as pd

        columns = ["architectures", "seed", "epochs", "status", "seconds"]
        rows = [
            (", ".join(trial.architectures), trial.seed, trial.epochs, planned.status.value, planned.seconds)
            for planned in self.plan.trials
            if (trial := planned.trial)
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(self.sentences)

    def _repr_html_(self) -> str:
        """Return the frame and the sentences as notebooks show them."""
        sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return f"{self.frame.to_html()}{sentences}"


def plan(options: PlanOptions, *, progress: Progress = SILENT) -> PlanResult:
    """Decide what `run` would train.

    Raises:
        BenchError: A name means no spec, or a spec is invalid.
    """
    benchmark = read_benchmark(options)
    loaded, most = load_records(benchmark.store, progress), None
    if options.until_decided:
        from harness.app.until_decided import make_rounds

        benchmark, most = make_rounds(options, benchmark, loaded).planned(loaded)
    decided = plan_benchmark(benchmark, loaded)
    return PlanResult(decided, jobs_for(most or decided, options.jobs, options.threads), most, benchmark.misfits)


def plan_sentences(decided: Plan, jobs: int) -> tuple[str, ...]:
    """Return what the plan comes to, in sentences."""
    shared = tuple(f"{', '.join(group)} share trials." for group in decided.shared)
    pending, total = len(decided.pending), len(decided.trials)
    if not pending:
        return (*shared, *_standing(decided), f"All {total} trials are recorded: nothing to train.")
    at_once = f"{jobs} at once" if jobs > 1 else "one at a time"
    stopping = sum(planned.trial.may_stop for planned in decided.pending)
    about = "at most about" if stopping else "about"
    needed = f"{pending} of {total} trials to train, {at_once}: {about} {duration(decided.seconds(jobs))}."
    early = (f"{stopping} of them may stop early, by their recipe.",) if stopping else ()
    retries = sum(planned.status is Status.RETRY for planned in decided.pending)
    again = (f"{retries} of them failed before and will be tried again.",) if retries else ()
    later = (*early, *again, *_for_evaluations(decided), *_cheaper(decided, jobs))
    return (*shared, *_standing(decided), needed, *later, *_advice(decided))


def _advice(decided: Plan) -> Iterator[str]:
    """Yield what to consider of each network that is to be trained on all of its data."""
    for trial in {planned.trial.fingerprint: planned.trial for planned in decided.pending}.values():
        computation = trial.computation
        if computation.train_examples is None:
            images = computation.data.train_examples
            phases = zip(computation.recipes, trial.epochs_by_phase, strict=True)
            steps = sum(recipe.steps_in_epoch(images) * epochs for recipe, epochs in phases)
            found = advice_on(computation.layers, computation.data.inputs, steps)
            yield from (f"{trial.architectures[0]}: {sentence}" for sentence in found)


def _cheaper(decided: Plan, jobs: int) -> tuple[str, ...]:
    """Return what would take less time, where the plan takes longer than anyone waits for."""
    if decided.seconds(jobs) < LONG_SECONDS:
        return ()
    longest = max(decided.pending, key=lambda planned: planned.seconds)
    number, kind, share = heaviest_layer(longest.trial)
    first = longest.trial.seed
    once = Plan(tuple(planned for planned in decided.pending if planned.trial.seed == first), decided.forecast)
    seeds = len({planned.trial.seed for planned in decided.pending})
    fewer = (f"One seed of each (--seeds {first}) takes about {duration(once.seconds(jobs))}.",) if seeds > 1 else ()
    name, epochs = longest.trial.architectures[0], plural(longest.trial.epochs, "epoch")
    smaller = f"a smaller layer {number} ({kind}), which takes {share:.0%} of the time, would be cheaper"
    most = f"{name} takes longest, {duration(longest.seconds)} a seed: fewer than its {epochs}, or {smaller}."
    return (*fewer, most)


def misfit_sentences(misfits: tuple[Misfit, ...]) -> tuple[str, ...]:
    """Return which architectures are left out, and why."""
    return tuple(f"{name} is left out: {reason}." for name, reason in misfits)


def most_sentences(most: Plan, jobs: int) -> tuple[str, ...]:
    """Return what training until decided costs if no claim is decided before the last look."""
    seeds = max((planned.trial.seed for planned in most.trials), default=0) + 1
    if seeds <= LOOKS[0] or not most.pending:
        return ()
    trials = plural(len(most.pending), "trial")
    return (f"At most {trials}, about {duration(most.seconds(jobs))}, if claims stay open up to {seeds} seeds.",)


def _for_evaluations(decided: Plan) -> tuple[str, ...]:
    """Return which of the trials are recorded, and trained again for what was not evaluated then."""
    again = [planned.trial for planned in decided.pending if planned.status is Status.EVALUATE]
    if not again:
        return ()
    names = listed(sorted({due.evaluation for trial in again for due in trial.due}))
    count = "1 of them is" if len(again) == 1 else f"{len(again)} of them are"
    return (f"{count} recorded, to be trained again to the same bits for {names}.",)


def _standing(decided: Plan) -> tuple[str, ...]:
    """Return whose records stand for trials that are not trained here, and what that hangs on."""
    if not decided.standing:
        return ()
    machines = listed(dict.fromkeys(planned.environment or "" for planned in decided.standing))
    trials = plural(len(decided.standing), "trial")
    recorded_there = f"as recorded on {machines} with the same numerics"
    checks = len(decided.checks)
    if not checks:
        return (f"{trials} {'stands' if len(decided.standing) == 1 else 'stand'} {recorded_there}.",)
    first = "the one trained here first has" if checks == 1 else f"those {checks} trained here first have"
    return (f"{trials} can stand {recorded_there}, if {first} the same bits.",)


def check_affordable(plan: Plan) -> None:
    """Refuse a plan with a trial that would not end.

    Raises:
        Unaffordable: A trial would take more than ``MOST_DAYS``.
    """
    each = {planned.trial.fingerprint: planned for planned in plan.pending}
    days = ((", ".join(found.trial.architectures), found.seconds / DAY_SECONDS) for found in each.values())
    if found := [(names, needed) for names, needed in days if needed > MOST_DAYS]:
        raise Unaffordable(found)
