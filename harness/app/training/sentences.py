"""What a plan comes to, and what a training came to, in sentences; decides and trains nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.app.training.benchmark import Benchmark
from harness.planning.forecast import heaviest_layer
from harness.planning.plan import Plan, Status
from harness.planning.seeds import LOOKS
from harness.records.design import UntilDecided
from harness.records.environment import Environment
from harness.records.pooling import Pool
from harness.reporting.numbers import duration, listed, plural
from harness.spec.advice import advice_on
from harness.spec.moving import Misfit

if TYPE_CHECKING:  # a plan needs none of the statistics
    from harness.analysis.findings import Findings
    from harness.analysis.judging import Looked

# A night: who plans so long a run wants to know what would be cheaper.
LONG_SECONDS = 8 * 3600


def plan_sentences(decided: Plan, jobs: int) -> tuple[str, ...]:
    """Return what the plan comes to, in sentences."""
    shared = tuple(f"{', '.join(group)} share trials." for group in decided.shared)
    pending, total = len(decided.pending), len(decided.trials)
    if not pending:
        return (*shared, *_standing(decided), f"All {total} trials are recorded: nothing to train.")
    at_once = f"{jobs} at once" if jobs > 1 else "one at a time"
    stopping = sum(planned.trial.may_stop for planned in decided.pending)
    about = "at most about" if stopping else "about"
    needed = f"{pending} of {total} trials to {_work(decided)}, {at_once}: {about} {duration(decided.seconds(jobs))}."
    early = (f"{stopping} of them may stop early, by their recipe.",) if stopping else ()
    retries = sum(planned.status is Status.RETRY for planned in decided.pending)
    again = (f"{retries} of them failed before and will be tried again.",) if retries else ()
    later = (*early, *again, *_for_evaluations(decided), *_cheaper(decided, jobs))
    return (*shared, *_standing(decided), needed, *later, *_advice(decided))


def _work(decided: Plan) -> str:
    """Return what the pending trials are for, as a verb."""
    kinds = {planned.from_weights for planned in decided.pending}
    return " or ".join(verb for kept, verb in ((False, "train"), (True, "evaluate")) if kept in kinds)


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


def _for_evaluations(decided: Plan) -> Iterator[str]:
    """Yield which of the trials are recorded, and what is done for what was not evaluated then."""
    ways = {
        False: "recorded, to be trained again to the same bits for",
        True: "recorded with the weights, which are enough for",
    }
    lacking = [planned for planned in decided.pending if planned.status is Status.EVALUATE]
    for from_weights, way in ways.items():
        trials = [planned.trial for planned in lacking if planned.from_weights is from_weights]
        if trials:
            count = "1 of them is" if len(trials) == 1 else f"{len(trials)} of them are"
            yield f"{count} {way} {listed(sorted({name for trial in trials for name in trial.evaluations_asked_for}))}."


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


def other_bits(pooled: Pool, plan: Plan) -> Iterator[str]:
    """Yield which machine does not have this one's bits, in which of the plan's trials, and from which epoch on."""
    labels = {planned.trial.name: planned.trial.label for planned in plan.trials}
    for peer in pooled.peers:
        found = next((found for found in peer.divergences if found.record.name in labels), None)
        if found is not None:
            yield (
                f"{machine_named(peer.environment)} has other bits though the numerics are the same: "
                f"{labels[found.record.name]}, {found.mismatch.where}; nothing recorded there counts here. "
                f"'bench verify --environment {peer.environment.id}' looks for the cause."
            )


def standing(findings: Findings) -> Iterator[str]:
    """Yield how many trials count as recorded on another machine, and how many of both have the same bits."""
    for found in findings.elsewhere:
        if found.taken:
            compared = f"; {found.same_bits} of {found.in_common} in common have the same bits"
            stand = f"{plural(found.taken, 'trial')} {'stands' if found.taken == 1 else 'stand'} as recorded on "
            yield f"{stand}{machine_named(found.environment)}{compared if found.in_common else ''}."


def machine_named(environment: Environment) -> str:
    """Return what a person knows the machine by, and what files do."""
    return f"{environment.machine.processor} ({environment.id})"


def look_ahead(round_: Benchmark) -> str:
    """Return what a round is for."""
    return f"Look at {len(round_.settings.seeds)} seeds: {listed(one.name for one in round_.architectures)}."


def outcome(looked: Looked, until: UntilDecided) -> Iterator[str]:
    """Yield which claims were decided at how many seeds, and which are open."""
    verdicts = [verdict for verdict in looked.verdicts.values() if verdict.architecture in until.architectures]
    decided = [
        f"{verdict.architecture}, {verdict.claim.label} at {verdict.look}" for verdict in verdicts if verdict.look
    ]
    undecided = [f"{verdict.architecture}, {verdict.claim.label}" for verdict in verdicts if not verdict.look]
    if decided:
        yield f"{plural(len(decided), 'claim')} decided: {'; '.join(decided)} seeds."
    if undecided:
        yield f"{plural(len(undecided), 'claim')} open: {'; '.join(undecided)}."
