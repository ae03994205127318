"""Read by every Python of a test's cluster: lets the backend `slow` be one of those that there are."""

from __future__ import annotations

from pathlib import Path

import harness.backends

harness.backends.__path__.append(str(Path(__file__).parent / "backends"))
