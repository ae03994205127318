"""What would run, what is shared, what is recorded, how long it takes; trains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from harness.app.progress import SILENT, Progress
from harness.app.training.benchmark import PlanOptions, jobs_for, plan_benchmark, read_benchmark
from harness.app.training.sentences import misfit_sentences, most_sentences, plan_sentences
from harness.app.workspace import load_records
from harness.errors import Unaffordable
from harness.planning.plan import Plan, Status
from harness.spec.moving import Misfit

if TYPE_CHECKING:
    import pandas as pd


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
        from harness.app.training.rounds import make_rounds

        benchmark, most = make_rounds(options, benchmark, loaded).planned(loaded)
    decided = plan_benchmark(benchmark, loaded)
    if any(planned.status is Status.EVALUATE for planned in decided.trials):
        from harness.app.training.kept import KeptWeightsFinder

        decided = decided.with_weights(KeptWeightsFinder(benchmark))
    return PlanResult(decided, jobs_for(most or decided, options.jobs, options.threads), most, benchmark.misfits)


def check_affordable(plan: Plan) -> None:
    """Refuse a plan with a trial that would not end.

    Raises:
        Unaffordable: A trial would take more than ``MOST_DAYS``.
    """
    each = {planned.trial.fingerprint: planned for planned in plan.pending}
    days = ((", ".join(found.trial.architectures), found.seconds / DAY_SECONDS) for found in each.values())
    if found := [(names, needed) for names, needed in days if needed > MOST_DAYS]:
        raise Unaffordable(found)
