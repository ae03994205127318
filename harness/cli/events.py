"""A run's events in words and as plain values; shows none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.execute.engine import Outcome, TrialEvent
    from harness.plan.trial import Trial


def trial_label(trial: Trial) -> str:
    """Return the trial as its readers know it."""
    first, *others = trial.architectures
    more = f" (+{len(others)})" if others else ""
    return f"{first}{more} seed {trial.seed}"


def outcome_label(trial: Trial, outcome: Outcome) -> str:
    """Return one line on what the trial gave."""
    if outcome.failure:
        return f"failed    {trial_label(trial)}: {outcome.failure.reason}"
    if outcome.measurement is None:
        return f"ended     {trial_label(trial)}"
    last = outcome.measurement.epochs[-1]
    seconds = sum(epoch.train_seconds for epoch in outcome.measurement.epochs)
    epochs = f"{last.epoch} epoch{'s' if last.epoch != 1 else ''}"
    return f"trained   {trial_label(trial)}: test {last.value('test', 'accuracy'):.2%} after {epochs}, {seconds:.1f} s"


def event_json(event: TrialEvent) -> dict[str, Any]:
    """Return the event as plain values."""
    from harness.execute.engine import Waiting

    if isinstance(event, Waiting):
        return {"event": "waiting"}
    name, details = _named(event)
    trial = {"id": event.trial.fingerprint, "seed": event.trial.seed, "architectures": list(event.trial.architectures)}
    return {"event": name, **trial, **details}


def _named(event: TrialEvent) -> tuple[str, dict[str, Any]]:
    """Return the event's name and what only its kind has to say."""
    from harness.execute.engine import EpochEnded, TrialBuilt, TrialEnded, TrialStarted

    match event:
        case TrialStarted(trial):
            return "started", {"epochs": trial.epochs}
        case TrialBuilt(_, resumed_epochs):
            return "built", {"resumed_epochs": resumed_epochs}
        case EpochEnded(_, measurement):
            return "epoch", measurement.columns
        case TrialEnded(_, outcome):
            failure = outcome.failure
            return ("failed", failure.model_dump(mode="json")) if failure else ("finished", {})
        case _:
            return "recorded elsewhere", {}
