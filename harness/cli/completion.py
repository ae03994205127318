"""What the shell offers for completion; reads names of files and nothing else, so that it answers at once."""

from __future__ import annotations

import os
from pathlib import Path


def complete_architectures(incomplete: str) -> list[str]:
    """Return the architectures' names that start with what is typed."""
    folder = Path(os.environ.get("BENCH_ARCHITECTURES", "architectures"))
    return sorted(file.stem for file in folder.glob("*.yaml") if file.stem.startswith(incomplete))
