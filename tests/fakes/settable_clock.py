"""The clock that trials' deadlines are read from, which a test can put forward: nobody waits for a deadline."""

from __future__ import annotations

import time

import pytest

from harness.execute import trial_process


class SettableClock:
    """Runs as any other, ``ahead`` seconds fast."""

    ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def settable_clock(monkeypatch: pytest.MonkeyPatch) -> SettableClock:
    clock = SettableClock()
    monkeypatch.setattr(trial_process, "time", clock)
    return clock
