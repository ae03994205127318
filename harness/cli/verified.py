"""What `bench verify` found, as sentences and as JSON; trains nothing and prints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.cli.events import trial_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.app.verification.again import Verification
    from harness.app.verification.stored import Audit
    from harness.plan.trial import Trial
    from harness.records.environment import Environment

COMPARED = "data, initial weights; of each epoch order, weights, predictions, losses, accuracies"


def sentences(found: Sequence[Verification]) -> list[str]:
    """Return what was found, trial by trial, and what it comes to."""
    lines = [line for one in found for line in _lines(one)]
    same = sum(one.verdict == "same" for one in found)
    values = sum(one.values for one in found if one.verdict == "same")
    compared = f" Compared: {values:,} digests and numbers, bit by bit." if same else ""
    return [*lines, f"{same} of {len(found)} trials have the same bits.{compared}"]


def _lines(one: Verification) -> list[str]:
    label = trial_label(one.trial)
    if one.verdict == "same":
        epochs = f"{one.epochs} epoch{'s' if one.epochs != 1 else ''}"
        return [f"same       {label}: {epochs} ({COMPARED})"]
    if one.mismatch is None:
        return [f"failed     {label}: {one.reason}"]
    others = [f"             {cause.sentence}" for cause in one.causes[1:]]
    return [
        f"different  {label}, {one.mismatch.where}: {', '.join(one.mismatch.what)}",
        f"           {one.reason}",
        *(["           also different:", *others] if others else []),
    ]


def verified_json(found: Sequence[Verification], then: Environment, now: Environment) -> dict[str, Any]:
    """Return the findings as plain values."""
    return {
        "recorded_environment": then.id,
        "environment": now.id,
        "same": sum(one.verdict == "same" for one in found),
        "trials": [{**_trial_json(one.trial), **_verdict_json(one)} for one in found],
    }


def _trial_json(trial: Trial) -> dict[str, Any]:
    return {
        "id": trial.fingerprint,
        "seed": trial.seed,
        "epochs": trial.epochs,
        "architectures": list(trial.architectures),
    }


def _verdict_json(one: Verification) -> dict[str, Any]:
    mismatch = one.mismatch
    return {
        "verdict": one.verdict,
        "compared_epochs": one.epochs,
        "compared_values": one.values,
        "first_difference": {"epoch": mismatch.epoch, "what": list(mismatch.what)} if mismatch else None,
        "causes": [vars(cause) for cause in one.causes],
        "reason": one.reason,
    }


def audit_json(found: Audit) -> dict[str, Any]:
    """Return the audit as plain values."""
    problems = [{"path": str(one.path), "check": one.check, "problem": one.what} for one in found.problems]
    return {
        "records": found.records,
        "checks": list(found.checks),
        "problems": problems,
        "unchecked": list(found.unchecked),
    }


def audit_sentences(found: Audit) -> list[str]:
    """Return every problem with its file, and what was checked."""
    files = len({one.path for one in found.problems})
    state = f"{files} of {found.records} records do not hold" if files else f"all {found.records} records hold"
    checked = f"{state}; checked: {', '.join(found.checks)}. Only training again proves the weights: 'bench verify'."
    return [*(f"{one.path}: {one.what}" for one in found.problems), checked]
