"""What the shell offers for completion; reads names of files and nothing else, so that it answers at once."""

from __future__ import annotations

import os
from pathlib import Path


def complete_architectures(incomplete: str) -> list[str]:
    """Return the architectures' names that start with what is typed."""
    from harness.declaration.files import SUFFIX, specs_folder
    from harness.errors import NoArchitectures
    from harness.spec.folder import find_architectures

    named = os.environ.get("BENCH_ARCHITECTURES")
    try:
        files = find_architectures(specs_folder(Path(named) if named else None))
    except NoArchitectures:
        return []
    return [file.stem for file in files if file.suffix == SUFFIX and file.stem.startswith(incomplete)]
