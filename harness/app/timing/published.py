"""pytest-benchmark's document as it may be published: this machine as every record names it, no host, user or path."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.records.environment import Environment
from harness.records.files import write_atomically

# What pytest-benchmark says of a benchmark apart from its statistics and where its file is.
KEPT = ("group", "name", "params", "param", "extra_info", "options")


def published(document: Mapping[str, Any], environment: Environment) -> dict[str, Any]:
    """Return the document with this environment in place of the machine's own words, single timings left out."""
    return {
        "machine_info": environment.facts,
        "commit_info": {"id": environment.commit, "dirty": environment.uncommitted_changes},
        "benchmarks": [_benchmark(one) for one in document["benchmarks"]],
        "datetime": document["datetime"],
        "version": document["version"],
    }


def _benchmark(one: Mapping[str, Any]) -> dict[str, Any]:
    stats = {name: value for name, value in one["stats"].items() if name != "data"}
    # The full name is a path: of the file, from wherever pytest started.
    return {**{name: one[name] for name in KEPT}, "fullname": one["name"], "stats": stats}


def merged(document: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the earlier one's benchmarks whose work it has not timed anew."""
    timed = {_work(one) for one in document["benchmarks"]}
    kept = [one for one in earlier.get("benchmarks", ()) if _work(one) not in timed]
    return {**document, "benchmarks": [*document["benchmarks"], *kept]}


def _work(one: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return what was timed, however many repetitions and whatever the architectures' names."""
    return one["extra_info"].get("trial"), one["extra_info"]["work"]


def save(path: Path, document: Mapping[str, Any]) -> None:
    """Write the document beside what an earlier run timed of other architectures.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    text = json.dumps(merged(document, _earlier(path)), indent=1, ensure_ascii=False)
    write_atomically(path, f"{text}\n".encode())


def _earlier(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
