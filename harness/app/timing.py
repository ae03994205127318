"""Times single steps and predictions with pytest-benchmark in a process of its own, and keeps what may be published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.app.progress import SILENT, Progress
from harness.app.report import ReportOptions, report
from harness.app.timing_plugin import Chosen
from harness.app.training.benchmark import selected
from harness.app.training.sentences import misfit_sentences
from harness.app.workspace import Workspace
from harness.errors import NoBenchmarks, Stopped, TimingFailed
from harness.execute.process_start import ONE_THREAD
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.content import record_files
from harness.records.environment import Environment, current_environment
from harness.records.files import write_atomically
from harness.records.times import Timed, Times, read_times, times_path, work_of
from harness.reporting.ownership import check_own
from harness.spec.architecture import Architecture
from harness.worker.backend import find_backend

Document = dict[str, Any]

PACKAGE = Path(__file__).resolve().parents[1]
NETWORKS, HARNESS = "test_networks_speed.py", "test_harness_speed.py"
# None of the user's plugins of pytest, some of which keep pytest-benchmark from measuring.
VARIABLES = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
PYTEST = (
    *("-p", "pytest_benchmark.plugin", "-p", "harness.app.timing_plugin", "-p", "no:cacheprovider", "-o", "addopts="),
    *("-q", "--benchmark-only", "--benchmark-quiet", "--benchmark-disable-gc"),
)
# What pytest-benchmark says of a benchmark apart from its statistics and where its file is.
KEPT = ("group", "name", "params", "param", "extra_info", "options")


@dataclass(frozen=True, kw_only=True)
class TimeOptions(Workspace):
    """What to time.

    Args:
        names: Architectures, as names or globs; none: every one of the folder.
        threads: Threads of the process.
        repetitions: Rounds over all architectures.
        harness: Also time the harness itself, in a copy of the repository.
    """

    names: tuple[str, ...] = ()
    threads: int = 1
    repetitions: int = 3
    harness: bool = False


@dataclass(frozen=True)
class TimeResult:
    """The document of this run as it is published, and all times of its environment, where they are kept."""

    document: Document
    path: Path
    times: Times
    architectures: tuple[Architecture, ...]
    page: tuple[Path, ...]

    def works(self, architecture: Architecture) -> Mapping[str, Timed]:
        """Return the times of an architecture by work."""
        return self.times.networks.get(trial_computation(architecture, Settings()).fingerprint, {})


def time(options: TimeOptions, *, progress: Progress = SILENT) -> TimeResult:
    """Time the architectures' steps and predictions, keep the times beside the records, and write the report.

    Args:
        options: What to time.
        progress: Takes warnings and messages of the report.

    Raises:
        BenchError: A name means no spec, the results can't be written, or a benchmark failed.
        Stopped: The user pressed Ctrl-C.
    """
    architectures, misfits = selected(options, options.names)
    for sentence in misfit_sentences(misfits):
        progress.say(sentence)
    check_own(options.folder)
    options.store.check_writable()
    environment = current_environment(options.threads)
    names = tuple(architecture.name for architecture in architectures)
    chosen = Chosen(names, options.specs.absolute(), options.threads, options.repetitions, options.dataset)
    document = published(run_benchmarks(chosen, options.harness), environment)
    path = times_path(options.folder, environment.id)
    save(path, document)
    return TimeResult(document, path, read_times(path), architectures, _page(options, progress))


def _page(options: TimeOptions, progress: Progress) -> tuple[Path, ...]:
    """Write the report, where there are records to report on, and return the files that changed."""
    if not any(record_files(options.store.folder)):
        return ()
    about = ReportOptions(results=options.results, architectures=options.architectures, dataset=options.dataset)
    return report(about, progress=progress).changed


def run_benchmarks(chosen: Chosen, harness: bool) -> Document:  # noqa: FBT001 - handed on as it was given
    """Return pytest-benchmark's document; pytest's own messages go to stderr.

    Raises:
        TimingFailed: A benchmark failed.
        Stopped: The user pressed Ctrl-C.
        NoBenchmarks: The harness's own are asked for, where only the package is installed.
    """
    files = [benchmark_file(NETWORKS), *([benchmark_file(HARNESS)] if harness else [])]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        target = Path(folder) / "times.json"
        options = (*PYTEST, *chosen.arguments, f"--benchmark-json={target}", f"--benchmark-storage={folder}")
        command = [sys.executable, "-m", "pytest", *map(str, files), *options]
        try:
            done = subprocess.run(command, env=variables(folder), stdout=sys.stderr.fileno(), check=False)
        except KeyboardInterrupt:
            raise Stopped("the benchmarks were not finished") from None
        if done.returncode:
            raise TimingFailed(done.returncode)
        document: Document = json.loads(target.read_bytes())
        return document


def benchmark_file(name: str) -> Path:
    """Return the file as it ships with the package, else that of the repository."""
    shipped = PACKAGE / "benchmarks" / name
    path = shipped if shipped.exists() else PACKAGE.parent / "tests" / "benchmarks" / name
    if not path.exists():
        raise NoBenchmarks(name)
    return path


def variables(folder: str) -> dict[str, str]:
    """Return the environment variables of the benchmarks' process: those of a trial's, and pytest's.

    Those of a pytest that this may run in are left out.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    backend = find_backend(Settings().backend).variables(Path(folder))
    return {**inherited, **ONE_THREAD, **backend, **VARIABLES}


def published(document: Mapping[str, Any], environment: Environment) -> Document:
    """Return the document with this environment in place of the machine's own words, single timings left out.

    It names the machine as every record does: no host, user or path.
    """
    return {
        "machine_info": environment.facts,
        "commit_info": {"id": environment.commit, "dirty": environment.uncommitted_changes},
        "benchmarks": [_benchmark(measured) for measured in document["benchmarks"]],
        "datetime": document["datetime"],
        "version": document["version"],
    }


def _benchmark(measured: Mapping[str, Any]) -> Document:
    stats = {name: value for name, value in measured["stats"].items() if name != "data"}
    # The full name is a path: of the file, from wherever pytest started.
    return {**{name: measured[name] for name in KEPT}, "fullname": measured["name"], "stats": stats}


def merged(document: Mapping[str, Any], earlier: Mapping[str, Any]) -> Document:
    """Return the document with the earlier one's benchmarks whose work it has not timed anew."""
    timed = {_timed_work(measured) for measured in document["benchmarks"]}
    kept = [measured for measured in earlier.get("benchmarks", ()) if _timed_work(measured) not in timed]
    return {**document, "benchmarks": [*document["benchmarks"], *kept]}


def _timed_work(measured: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return what was timed, however many repetitions and whatever the architectures' names."""
    return measured["extra_info"].get("trial"), work_of(measured)


def save(path: Path, document: Mapping[str, Any]) -> None:
    """Write the document beside what an earlier run timed of other architectures.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    text = json.dumps(merged(document, _earlier(path)), indent=1, ensure_ascii=False)
    write_atomically(path, f"{text}\n".encode())


def _earlier(path: Path) -> Document:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
