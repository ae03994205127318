"""What takes more time than anybody waits, by the spec alone, and is refused; more memory is refused with the spec."""

from __future__ import annotations

from harness.errors import Unaffordable
from harness.planning.plan import Plan

DAY_SECONDS = 86_400.0
MOST_DAYS = 30


def check_affordable(plan: Plan) -> None:
    """Refuse a plan with a trial that would not end.

    Raises:
        Unaffordable: A trial would take more than ``MOST_DAYS``.
    """
    each = {planned.trial.fingerprint: planned for planned in plan.pending}
    days = ((", ".join(found.trial.architectures), found.seconds / DAY_SECONDS) for found in each.values())
    if found := [(names, needed) for names, needed in days if needed > MOST_DAYS]:
        raise Unaffordable(found)
