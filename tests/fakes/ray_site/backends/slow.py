"""A backend that trains nothing, takes its time for it, and keeps a diary of every epoch and its process."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import psutil
from fake_backend import FakeBackend, FakeNetwork

from harness.planning.trial import Computation

SECONDS = "SLOW_BACKEND_SECONDS"
DIARY = "SLOW_BACKEND_DIARY"
NODE = "SLOW_BACKEND_NODE"
MOST_EPOCHS = 100


class SlowBackend(FakeBackend):
    """Networks that take so long for every epoch, and write down that they begin it."""

    def build(self, computation: Computation, seed: int) -> FakeNetwork:
        network = super().build(computation, seed)
        self.actions = {epoch: partial(self.note, seed, epoch) for epoch in range(1, MOST_EPOCHS)}
        return network

    def note(self, seed: int, epoch: int) -> None:
        server = psutil.Process(os.getppid())
        begun = {"seed": seed, "epoch": epoch, "process": os.getpid(), "carrier": server.ppid()}
        node = os.environ.get(NODE)
        with Path(os.environ[DIARY]).open("a", encoding="utf-8") as diary:
            diary.write(json.dumps({**begun, "node": node}) + "\n")
        time.sleep(float(os.environ[SECONDS]))


def variables(folder: Path) -> Mapping[str, str]:
    """Return nothing."""
    del folder
    return {}


def load() -> SlowBackend:
    """Return the backend."""
    return SlowBackend()
