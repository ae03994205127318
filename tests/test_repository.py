"""What holds for the repository as a whole: imports at start-up, continuous integration, versions, documents."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"tensorflow", "keras", "scipy", "pandas", "matplotlib"}
INSTALL_AND_TEST = "pip install -e '.[test]' && pytest"


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    return YAML(typ="safe").load(path)


def version() -> str:
    text: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return text


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in the project's folder."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_commit_runs_the_four_tools() -> None:
    hooks = {hook["id"] for hook in read_yaml(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]}
    assert {"ruff-check", "ruff-format", "mypy", "import-contracts"} <= hooks


@pytest.mark.parametrize("arguments", [["--help"], ["list"]])
def test_the_command_line_answers_without_loading_what_trains_or_computes(arguments: list[str]) -> None:
    start = "from harness.cli import main; main()"
    done = run(sys.executable, "-c", start, *arguments, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "harness" in imported
    assert not imported & HEAVY


@pytest.mark.parametrize("framework", ["tensorflow", "keras", "harness.backends.tensorflow.network"])
def test_a_test_that_is_not_marked_as_training_imports_no_framework(framework: str) -> None:
    with pytest.raises(ImportError, match="is imported by a test that is not marked as training"):
        importlib.import_module(framework)


def test_continuous_integration_runs_the_line_that_the_readme_gives() -> None:
    assert INSTALL_AND_TEST in (ROOT / "README.md").read_text(encoding="utf-8")
    commands = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert INSTALL_AND_TEST in commands
    assert commands[-1].endswith("pre-commit run --all-files --show-diff-on-failure")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_what_contributing_points_to_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:harness|tests|architectures|results)/[^`]*)`", text))
    assert len(paths) > 10
    # NAME stands for a file that the reader is to write; its folder is there.
    places = {ROOT / path.partition("NAME")[0] for path in paths}
    assert not [place for place in sorted(places) if not place.exists()]


def test_the_version_is_the_same_everywhere() -> None:
    assert read_yaml(ROOT / "CITATION.cff")["version"] == version()
    assert f"## [{version()}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
