"""The machine and the versions that times and bits depend on; holds no host name, user name or path."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, Field

PACKAGE = Path(__file__).resolve().parents[1]
# The vector features that TensorFlow's kernels choose their code by.
VECTOR_FEATURES = re.compile(r"^(avx|fma$|f16c$|amx|sse4_2$|neon|asimd|sve|bf16|i8mm)")
# What the commit and the number of trials beside change is neither bits nor, on a quiet machine, times.
IDENTITY = (
    "processor",
    "processor_features",
    "threads",
    "accelerator",
    "system",
    "python",
    "tensorflow",
    "keras",
    "numpy",
    "onednn",
    "deterministic",
)


class Environment(BaseModel):
    """What a trial's times and bits depend on. Unknown is None.

    ``cores`` are the cores that this process may use; ``threads`` are those of one trial.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    processor_features: tuple[str, ...]
    cores: int = Field(ge=1)
    threads: int = Field(ge=1)
    memory_bytes: int = Field(ge=1)
    accelerator: str | None = None
    system: str
    python: str
    tensorflow: str
    keras: str
    numpy: str
    onednn: bool
    # The widest instructions that oneDNN may use, where a variable limits them.
    onednn_max_isa: str | None = None
    deterministic: bool
    harness: str
    commit: str | None = None
    uncommitted_changes: bool | None = None

    @property
    def id(self) -> str:
        """A readable name for the folder of this environment's records, with a hash of what identifies it."""
        identity = [getattr(self, field) for field in IDENTITY]
        # Rarely set; left out where it is not, so that it changes no folder's name.
        identity += [self.onednn_max_isa] if self.onednn_max_isa else []
        digest = hashlib.sha256(repr(identity).encode()).hexdigest()[:8]
        processor = re.sub(r"[^a-z0-9]+", "-", self.processor.lower()).strip("-")[:24].strip("-")
        return f"{processor}-{self.threads}t-tf{self.tensorflow}-{digest}"


@dataclass(frozen=True)
class Commit:
    """The commit of the harness's code, and whether its code or specs have uncommitted changes. Unknown is None."""

    sha: str | None = None
    uncommitted_changes: bool | None = None


def current_environment(
    threads: int, *, deterministic: bool = True, cores: int | None = None, commit: Commit | None = None
) -> Environment:
    """Describe this machine and these versions, without importing TensorFlow.

    Args:
        threads: Those of one trial.
        deterministic: Whether op determinism is on.
        cores: How many this process may use, where it has been pinned to fewer since; None: as many as now.
        commit: The commit, where it is known already; None: git is asked.
    """
    processor, features = _processor()
    commit = commit or current_commit()
    return Environment(
        processor=processor,
        processor_features=features,
        cores=cores or len(usable_cores()),
        threads=threads,
        memory_bytes=psutil.virtual_memory().total,
        system=f"{platform.system()} {platform.machine()}",
        python=".".join(platform.python_version_tuple()[:2]),
        tensorflow=_installed("tensorflow", "tensorflow-cpu"),
        keras=_installed("keras"),
        numpy=_installed("numpy"),
        onednn=os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1").lower() not in {"0", "false"},
        onednn_max_isa=os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA"),
        deterministic=deterministic,
        harness=_installed("architecture-bench"),
        commit=commit.sha,
        uncommitted_changes=commit.uncommitted_changes,
    )


def usable_cores() -> Sequence[int]:
    """Return the cores that this process may use, in order."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _installed(*distributions: str) -> str:
    for distribution in distributions:
        try:
            return version(distribution)
        except PackageNotFoundError:
            continue
    return "unknown"


def _processor() -> tuple[str, tuple[str, ...]]:
    """Return the processor's model and its vector features, as far as the system tells them."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
        model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
        flags = re.search(r"^(?:flags|Features)\s*: (.+)$", text, re.MULTILINE)
        features = sorted(flag for flag in flags[1].split() if VECTOR_FEATURES.match(flag)) if flags else []
        return (model[1].strip() if model else platform.machine()), tuple(features)
    return _sysctl("machdep.cpu.brand_string") or platform.processor() or platform.machine(), ()


def _sysctl(name: str) -> str | None:
    if platform.system() != "Darwin":
        return None
    answer = _output(["sysctl", "-n", name])
    return answer or None


def current_commit() -> Commit:
    """Ask git for the commit of the harness's code."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return Commit()
    commit = _output(["git", "-C", str(root), "rev-parse", "HEAD"])
    if not commit:
        return Commit()
    changes = _output(
        ["git", "-C", str(root), "status", "--porcelain", "--", "harness", "architectures", "pyproject.toml"]
    )
    return Commit(commit, bool(changes))


def _output(command: list[str]) -> str:
    """Return what the command prints, or nothing where it can't be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
