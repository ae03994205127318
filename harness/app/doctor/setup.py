"""Versions and settings that a run's bits depend on; imports none of the libraries that it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, requires

from harness.app.doctor.finding import Finding, advice, fine, problem
from harness.records.environment import Environment

DISTRIBUTION = "architecture-bench"
COMPATIBLE = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)\s*~=\s*(?P<version>\d+(?:\.\d+)+)")


def versions(environment: Environment, pinned: Mapping[str, str]) -> Finding:
    """Say whether TensorFlow and Keras are those that the results come from; ``pinned`` by distribution."""
    numerics = environment.numerics
    found = {"tensorflow": numerics.tensorflow, "keras": numerics.keras, "numpy": numerics.numpy}
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    missing = [name for name, version in found.items() if version == "unknown"]
    if missing:
        return problem("versions", f"not installed: {', '.join(missing)}", f"pip install {DISTRIBUTION}")
    other = [name for name, version in pinned.items() if name in found and not compatible(found[name], version)]
    if other:
        wanted = " ".join(f"'{name}~={pinned[name]}'" for name in other)
        return advice("versions", f"{listed}: other bits than the committed results", f"pip install {wanted}")
    return fine("versions", f"Python {environment.machine.python}, {listed}")


def pinned_versions() -> dict[str, str]:
    """Return what this package asks for as ``name~=version``; nothing where it runs without being installed."""
    try:
        matches = [COMPATIBLE.match(line) for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        return {}
    return {match["name"]: match["version"] for match in matches if match}


def compatible(version: str, wanted: str) -> bool:
    """Say whether ``version`` satisfies ``~=wanted``: the same up to the last part, and that not smaller.

    >>> compatible("2.21.3", "2.21.0"), compatible("2.22.0", "2.21.0"), compatible("2.20.9", "2.21.0")
    (True, False, False)
    """
    have, need = _parts(version), _parts(wanted)
    return have[: len(need) - 1] == need[:-1] and have >= need


def _parts(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def onednn(environment: Environment) -> Finding:
    """Say whether oneDNN's kernels are on and may use all that the processor has."""
    if not environment.numerics.onednn:
        return advice("oneDNN", "off: other bits, and about half the speed", "unset TF_ENABLE_ONEDNN_OPTS")
    if environment.numerics.onednn_max_isa:
        what = f"limited to {environment.numerics.onednn_max_isa}: other bits than without the limit"
        return advice("oneDNN", what, "unset ONEDNN_MAX_CPU_ISA and DNNL_MAX_CPU_ISA")
    return fine("oneDNN", f"on, {' '.join(environment.machine.processor_features) or 'vector features unknown'}")


def harness_commit(environment: Environment) -> Finding:
    """Say which version of the harness makes the records."""
    commit = f", commit {environment.commit[:10]}" if environment.commit else ""
    what = f"{environment.harness}{commit}"
    if environment.uncommitted_changes:
        return advice("harness", f"{what}, with uncommitted changes", "commit before recording results to publish")
    return fine("harness", what)
