"""What other machines' records came to in a run, in sentences; decides and compares nothing."""

from __future__ import annotations

from collections.abc import Iterator

from harness.analysis.findings import Findings
from harness.planning.plan import Plan
from harness.records.environment import Environment
from harness.records.pooling import Pool
from harness.reporting.numbers import plural


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
