"""The order of all tests, what they may share, and that TensorFlow is for those marked as training alone."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

BACKEND = "harness.backends.tensorflow"
FRAMEWORKS = {
    "tensorflow",
    "keras",
    *(f"{BACKEND}.{path.stem}" for path in Path(__file__).parents[1].joinpath(*BACKEND.split(".")).glob("[!_]*.py")),
}
WHOLE_FILE = re.compile(r"^pytestmark = (?:\[[^]]*)?\bpytest\.mark\.training\b", re.MULTILINE)


@cache
def trains(file: Path) -> bool:
    """Tell whether all tests of a file train, without importing it: benchmarks, and those that its text marks so."""
    if file.parent.name == "benchmarks":
        return True
    return file.suffix == ".py" and bool(WHOLE_FILE.search(file.read_text(encoding="utf-8")))


class Refusal:
    """A finder of modules that refuses TensorFlow, Keras and what imports them."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Refuse a framework, and leave everything else to other finders."""
        del path, target
        if name in FRAMEWORKS:
            reason = f"{name} is imported by a test that is not marked as training (tests/conftest.py)"
            raise ImportError(reason)
        return None


@contextmanager
def frameworks_hidden() -> Iterator[None]:
    """Let no import find the frameworks, where they have been imported already neither."""
    imported = {name: sys.modules.pop(name) for name in FRAMEWORKS & sys.modules.keys()}
    sys.meta_path.insert(0, Refusal)
    try:
        yield
    finally:
        sys.meta_path.remove(Refusal)
        sys.modules.update(imported)


def frameworks_for(item: pytest.Item) -> AbstractContextManager[None]:
    """Hide the frameworks from a test that is not marked as training."""
    return nullcontext() if item.get_closest_marker("training") or trains(item.path) else frameworks_hidden()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave files out that only train where nothing is to train, without importing them and so TensorFlow."""
    return True if "not training" in config.option.markexpr and trains(collection_path) else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, object, object]:
    """Hide the frameworks from files that have tests which are not marked as training."""
    hidden = isinstance(collector, pytest.Module) and not trains(collector.path)
    with frameworks_hidden() if hidden else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Set up without the frameworks what does not train."""
    with frameworks_for(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Test without the frameworks what does not train."""
    with frameworks_for(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all tests without collecting garbage, and leave what that makes, which stays, out of later collections.

    Those are rarer than Python's own: a graph of TensorFlow is a hundred thousand objects.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 100)
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that the processes of a run end together."""
    items.sort(key=turn)


def turn(item: pytest.Item) -> int:
    """Return which tests come before others.

    First those that wait for a cluster, and beside them those whose trials are two processes at a time, so that no core
    is idle; then those that train in the tests' own process, and the short ones last.
    """
    folder = item.path.parent.name
    if folder == "execute":
        return 0
    if not item.get_closest_marker("training"):
        return 3
    return 2 if folder in {"backends", "spec"} else 1


@pytest.fixture(scope="session", autouse=True)
def disk_not_waited_for() -> Iterator[None]:
    """Leave files in the system's cache: no test can see a power cut, and ten thousand of them wait for milliseconds.

    That files are flushed, and when, is a test of its own (`records/test_files`).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def interrupts_heard() -> Iterator[None]:
    """Let what a test starts hear Ctrl-C, also where the tests run in the background, where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder of the tests' own, in which every file is parsed once for all of them."""
    return tmp_path_factory.mktemp("cache")
