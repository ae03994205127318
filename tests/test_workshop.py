"""The rules of the house: the tools that judge the code, and what they don't know of."""

from __future__ import annotations

import ast
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
MODULES = sorted((ROOT / "harness").rglob("*.py"))
BANNED = {"util", "utils", "helper", "helpers", "common", "misc", "base", "manager", "core"}
HEAVY = {"tensorflow", "keras", "scipy", "pandas", "matplotlib"}
INSTALL_AND_TEST = "pip install -e '.[test]' && pytest"


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    return YAML(typ="safe").load(path)


HOOKS = {hook["id"]: hook for hook in read_yaml(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]}


def version() -> str:
    text: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return text


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this environment in the project's folder."""
    scripts = sysconfig.get_path("scripts")
    path = os.pathsep.join([scripts, os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("hook", HOOKS)
def test_what_is_checked_at_a_commit_holds_for_everything(hook: str) -> None:
    done = run(*HOOKS[hook]["entry"].split())
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_four_tools_are_among_the_hooks() -> None:
    assert {"ruff-check", "ruff-format", "mypy", "import-contracts"} <= set(HOOKS)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_a_sentence_and_has_a_name_that_says_something(module: Path) -> None:
    opening = (ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    assert opening.endswith((".", "?")), "the module's docstring does not open with a sentence"
    assert not {part.removesuffix(".py") for part in module.relative_to(ROOT).parts} & BANNED


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("arguments", [["--help"], ["list"]])
def test_the_command_line_answers_without_loading_what_trains_or_computes(arguments: list[str]) -> None:
    start = "from harness.cli import main; main()"
    done = run(sys.executable, "-c", start, *arguments, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "harness" in imported
    assert not imported & HEAVY


def test_continuous_integration_runs_the_line_that_the_readme_gives() -> None:
    assert INSTALL_AND_TEST in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == INSTALL_AND_TEST
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_what_contributing_points_to_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:harness|tests|architectures|results)/[^`]*)`", text))
    assert len(paths) > 10
    assert not [path for path in sorted(paths) if not (ROOT / path).exists()]


def test_the_version_is_the_same_everywhere() -> None:
    assert read_yaml(ROOT / "CITATION.cff")["version"] == version()
    assert f"## [{version()}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
