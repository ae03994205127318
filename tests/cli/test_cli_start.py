"""What a command that trains nothing does before it answers: the rules that keep it fast."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

import harness.records
import harness.spec

# What lists, plans and reports read: those of sources and formats of data are few, and used by few.
PACKAGES = (harness.spec, harness.records)


def models(base: type[BaseModel] = BaseModel) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def test_pydantic_evaluates_no_annotation_from_its_text_in_what_every_command_reads() -> None:
    names = [
        found.name for package in PACKAGES for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    for name in names:
        importlib.import_module(name)
    homes = {model.__module__ for model in models()} & {"harness.planning.trial", "harness.data.dataset", *names}
    assert len(homes) > 30
    # A module keeps the name of what it imports from __future__.
    assert [home for home in sorted(homes) if "annotations" in vars(sys.modules[home])] == []


def test_a_command_imports_the_kinds_that_its_specs_name_and_what_they_need(tmp_path: Path) -> None:
    run = "import sys; from harness.cli.program import program; program()(['list', '00*'], standalone_mode=False)"
    unneeded = {
        *(f"harness.spec.layers.{name}" for name in ("application", "attention", "colors", "recurrent")),
        *(f"harness.spec.{name}" for name in ("changes", "derived", "drafting", "merging", "moving", "receptive")),
        *("harness.spec.advice", "harness.spec.claims.validation", "psutil", "ruamel.yaml"),
    }
    # The first time, specs and records are parsed; what they hold is kept for the second.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", f"{run}; print(sorted({unneeded} & set(sys.modules)))"],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "BENCH_CACHE": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    assert done.stdout.splitlines()[-1] == "[]"
