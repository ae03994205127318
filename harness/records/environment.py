"""What bits depend on, and what times depend on; holds no host name, user name or path."""

import hashlib
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

PACKAGE = Path(__file__).resolve().parents[1]
# The vector features that TensorFlow's kernels choose their code by.
VECTOR_FEATURES = re.compile(r"^(avx|fma$|f16c$|amx|sse4_2$|neon|asimd|sve|bf16|i8mm)")
# oneDNN's instruction sets, the widest first, each with the processor features that it takes.
INSTRUCTION_SETS = {
    "avx512_core_amx_fp16": {"amx_fp16", "amx_bf16", "amx_int8", "avx512_fp16", "avx512_bf16"},
    "avx512_core_amx": {"amx_bf16", "amx_int8", "avx512_fp16", "avx512_bf16"},
    "avx512_core_fp16": {"avx512_fp16", "avx512_bf16", "avx512_vnni"},
    "avx512_core_bf16": {"avx512_bf16", "avx512_vnni", "avx512bw"},
    "avx512_core_vnni": {"avx512_vnni", "avx512f", "avx512bw", "avx512vl", "avx512dq"},
    "avx512_core": {"avx512f", "avx512bw", "avx512vl", "avx512dq"},
    "avx2_vnni_2": {"avx_vnni_int8", "avx_ne_convert", "avx2"},
    "avx2_vnni": {"avx_vnni", "avx2"},
    "avx2": {"avx2"},
    "avx": {"avx"},
    "sse41": {"sse4_2"},
    "sve": {"sve"},
    "asimd": {"asimd"},
}
# What tells environments apart. The commit changes neither bits nor, on a quiet machine, times.
IDENTITY = (
    *("processor", "processor_features", "threads", "accelerator", "system", "python"),
    *("tensorflow", "keras", "numpy", "onednn", "deterministic"),
)
# What came after the first records: left out at its default, so that it changes no folder's name.
LATER = {"onednn_max_isa": None, "backend": "tensorflow"}

MOST_CORES = 10**6


class Frozen(BaseModel):
    """A model that can't be changed and knows every one of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Numerics(Frozen):
    """What a trial's bits depend on beside its seed and what it computes. Unknown is None.

    ``threads`` are those of one trial. ``onednn_max_isa`` are the widest instructions that oneDNN may use, where a
    variable limits them; ``instruction_set`` are those that it uses, in its own words.
    """

    threads: int = Field(ge=1, le=MOST_CORES)
    deterministic: bool
    tensorflow: str
    keras: str
    numpy: str
    onednn: bool
    onednn_max_isa: str | None = None
    instruction_set: str | None = None
    backend: str = "tensorflow"
    accelerator: str | None = None


class Machine(Frozen):
    """What a trial's times depend on; ``cores`` are those that the harness may use."""

    processor: str
    processor_features: tuple[str, ...]
    cores: int = Field(ge=1, le=MOST_CORES)
    memory_bytes: int = Field(ge=1, le=2**60)
    system: str
    python: str


class Environment(Frozen):
    """What a trial's bits and times depend on, and the harness that trained it. Unknown is None."""

    numerics: Numerics
    machine: Machine
    harness: str
    commit: str | None = None
    uncommitted_changes: bool | None = None

    @property
    def identity(self) -> Mapping[str, object]:
        """What tells environments apart, in an order that folders' names depend on."""
        facts = self.facts
        later = {name: facts[name] for name, default in LATER.items() if facts[name] != default}
        return {name: facts[name] for name in IDENTITY} | later

    @property
    def id(self) -> str:
        """A readable name for the folder of this environment's records, with a hash of what identifies it."""
        return _environment_id(self)

    def has_bits_of(self, other: "Environment") -> bool:
        """Whether a trial is expected to have the same bits in both, whatever the machines.

        Without op determinism no bits are expected. Other systems have other builds of the same versions, and what is
        not known of two processors is not the same. Python's version is no part of it: it does none of the arithmetic.
        """
        numerics = self.numerics
        expected = numerics.deterministic and numerics.instruction_set is not None
        return expected and numerics == other.numerics and self.machine.system == other.machine.system

    @property
    def facts(self) -> dict[str, Any]:
        """Every field by its name, numerics and machine in one."""
        rest = {name: value for name, value in self if name not in {"numerics", "machine"}}
        return {**dict(self.machine), **dict(self.numerics), **rest}

    @property
    def short_commit(self) -> str:
        """The beginning of the commit, with a ``+`` for uncommitted changes."""
        return (self.commit or "unknown")[:10] + ("+" if self.uncommitted_changes else "")


@lru_cache(maxsize=256)
def _environment_id(environment: Environment) -> str:
    """Return the environment's id, computed once for the thousands of records that are asked for it."""
    digest = hashlib.sha256(repr(list(environment.identity.values())).encode()).hexdigest()[:8]
    processor = re.sub(r"[^a-z0-9]+", "-", environment.machine.processor.lower()).strip("-")[:24].strip("-")
    return f"{processor}-{environment.numerics.threads}t-tf{environment.numerics.tensorflow}-{digest}"


@dataclass(frozen=True)
class Commit:
    """The commit of the harness's code, and whether its code or specs have uncommitted changes. Unknown is None."""

    sha: str | None = None
    uncommitted_changes: bool | None = None


@lru_cache(maxsize=1024)
def parsed_environment(text: bytes) -> Environment:
    """Parse an environment once for all the files that were made in it.

    Raises:
        ValidationError: It is none.
    """
    return Environment.model_validate_json(text)


def current_environment(
    threads: int,
    *,
    deterministic: bool = True,
    backend: str = "tensorflow",
    cores: int | None = None,
    commit: Commit | None = None,
) -> Environment:
    """Describe this machine and these versions, without importing TensorFlow.

    Args:
        threads: Those of one trial.
        deterministic: Whether op determinism is on.
        backend: What trials are trained with.
        cores: How many this process may use, where it has been pinned to fewer since; None: as many as now.
        commit: The commit, where it is known already; None: git is asked.
    """
    processor, features = _processor()
    commit = commit or current_commit()
    onednn_max_isa = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA") or None
    return Environment(
        numerics=Numerics(
            threads=threads,
            deterministic=deterministic,
            tensorflow=_installed("tensorflow", "tensorflow-cpu"),
            keras=_installed("keras"),
            numpy=_installed("numpy"),
            onednn=os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1").lower() not in {"0", "false"},
            onednn_max_isa=onednn_max_isa,
            instruction_set=instruction_set(features, onednn_max_isa),
            backend=backend,
        ),
        machine=Machine(
            processor=processor,
            processor_features=features,
            cores=cores or len(usable_cores()),
            memory_bytes=_memory_bytes(),
            system=f"{platform.system()} {platform.machine()}",
            python=".".join(platform.python_version_tuple()[:2]),
        ),
        harness=_installed("architecture-bench"),
        commit=commit.sha,
        uncommitted_changes=commit.uncommitted_changes,
    )


def instruction_set(features: Iterable[str], limit: str | None = None) -> str | None:
    """Return the widest instructions that oneDNN uses on a processor with these features; unknown is None.

    ``limit`` is oneDNN's own variable; one that names no instruction set limits nothing.

    >>> instruction_set(("avx2", "fma", "sse4_2")), instruction_set(("avx2", "avx", "sse4_2"), "AVX")
    ('avx2', 'avx')
    """
    names, there = list(INSTRUCTION_SETS), set(features)
    first = names.index(limit.lower()) if limit and limit.lower() in names else 0
    return next((name for name in names[first:] if INSTRUCTION_SETS[name] <= there), None)


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


def _memory_bytes() -> int:
    """Return the machine's memory: what psutil says too, whose import is 10 ms of a list of specs."""
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    import psutil  # noqa: PLC0415 - as above

    return int(psutil.virtual_memory().total)


def _processor() -> tuple[str, tuple[str, ...]]:
    """Return the processor's model and its vector features, as far as the system tells them."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
        model = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
        flags = re.search(r"^(?:flags|Features)\s*: (.+)$", text, re.MULTILINE)
        features = sorted(flag for flag in flags[1].split() if VECTOR_FEATURES.match(flag)) if flags else []
        return (model[1].strip() if model else platform.machine()), tuple(features)
    brand = _output("sysctl", "-n", "machdep.cpu.brand_string") if platform.system() == "Darwin" else ""
    return brand or platform.processor() or platform.machine(), ()


def current_commit() -> Commit:
    """Ask git for the commit of the harness's code."""
    root = PACKAGE.parent
    sha = _output("git", "-C", str(root), "rev-parse", "HEAD") if (root / ".git").exists() else ""
    if not sha:
        return Commit()
    paths = ("harness", "architectures", "pyproject.toml")
    return Commit(sha, bool(_output("git", "-C", str(root), "status", "--porcelain", "--", *paths)))


def _output(*command: str) -> str:
    """Return what the command prints, or nothing where it can't be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
