"""What README, CONTRIBUTING and CHANGELOG claim, checked: their commands, snippets, links and lists."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import fake_records as fake
import pandas as pd
import pytest
import typer
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner

from harness.analysis.frame import CLASS_COLUMNS, RANKING_COLUMNS
from harness.cli import program as cli_program
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.reading import read_text

Command = TyperCommand | TyperGroup

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}
README = DOCUMENTS["README.md"]
# The committed results are made by the code that these tests judge: at first there are none.
RESULTS_EXIST = (ROOT / "results" / "README.md").exists()


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [content for name, content in found if name == language]


def snippet(language: str) -> str:
    [found] = blocks(language)
    return found


def commands() -> Iterator[str]:
    """Yield every command of the program that the documents show, in blocks and inside sentences."""
    shown = {line for block in blocks("sh") for line in block.splitlines()}
    shown |= {span for text in DOCUMENTS.values() for span in re.findall(r"`([^`\n]+)`", text)}
    for line in sorted(shown):
        start = re.search(r"(?:^|&& )(bench .*)", line)
        if start and "VERB" not in start[1]:
            yield " ".join(shlex.split(start[1], comments=True)[1:])


@pytest.fixture(scope="module")
def program() -> Command:
    found = typer.main.get_command(cli_program.program())
    assert isinstance(found, TyperGroup)
    return found


def below(command: Command) -> dict[str, Command]:
    """Return the commands of a group by name; a verb has none."""
    return getattr(command, "commands", {})


def verbs(command: Command, path: str = "") -> Iterator[tuple[str, Command]]:
    """Yield every verb with the words that call it."""
    for name, one in below(command).items():
        if below(one):
            yield from verbs(one, f"{path}{name} ")
        else:
            yield f"{path}{name}", one


def test_commands_are_found() -> None:
    assert {"run --all", "data import FILE", "compare 000_convnet dense_512"} <= set(commands())


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_that_is_shown_is_one_that_the_program_takes(program: Command, line: str) -> None:
    command, words = program, line.split()
    while words and below(command):
        command = below(command)[words.pop(0)]
    if words:  # a verb's name alone is its name, not a use of it
        command.make_context(line, words)  # reads the words and runs nothing


def test_what_the_readme_does_with_a_new_architecture_works(
    program: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del program
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    shutil.copytree(fake.ARCHITECTURES, tmp_path / "architectures")
    lines = [line for line in commands() if "my_network" in line and not line.startswith("run")]
    assert len(lines) == 3
    for line in sorted(lines):  # new, show, validate
        done = CliRunner().invoke(cli_program.program(), line.split(), catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert (tmp_path / "architectures" / "my_network.yaml").exists()


def test_the_python_snippet_gives_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BENCH_ARCHITECTURES", str(fake.ARCHITECTURES))
    (tmp_path / "architectures").symlink_to(fake.ARCHITECTURES)
    fake.save(tmp_path / "results", fake.fake_trials(fake.architectures("dense_512"), [0, 1]))
    names: dict[str, object] = {}
    frames = []
    for statement in ast.parse(snippet("python")).body:
        code = compile(ast.unparse(statement), "README.md", "eval" if isinstance(statement, ast.Expr) else "exec")
        frames.append(eval(code, names))  # noqa: S307 - our own README
    summary, records, classes, ranks = (one for one in frames if isinstance(one, pd.DataFrame))
    assert summary["architecture"].iloc[0] == "dense_512"
    assert len(records) == 2 * 5
    assert (list(classes), classes.empty) == (list(CLASS_COLUMNS), True), "nothing is recorded on digits"
    assert (list(ranks), ranks.empty) == (list(RANKING_COLUMNS), True), "nor on any other data"


def test_the_specs_that_the_readme_shows_are_valid() -> None:
    first, derived = blocks("yaml")
    shown = read_text(Path("my_network.yaml"), first)
    assert (shown.name, len(shown.layers), len(shown.claims)) == ("my_network", 4, 1)
    without = read_text(fake.ARCHITECTURES / "no_dropout.yaml", derived)
    assert "Dropout" not in {layer.kind for layer in without.layers}


def test_the_verbs_that_take_json_are_those_that_the_readme_names(program: Command) -> None:
    [sentence] = re.findall(r"^(`list`.*?) take `--json`", README, re.MULTILINE | re.DOTALL)
    taking = {name for name, verb in verbs(program) if any(one.name == "json" for one in verb.params)}
    assert set(re.findall(r"`([^`]+)`", sentence)) == taking


def test_three_documents_are_one_network_and_each_computation_is_trained_once() -> None:
    assert "three of the five documents are one network" in README
    trials = Counter(trial_computation(one, Settings()).fingerprint for one in fake.architectures(*fake.DOCUMENTS))
    assert sorted(trials.values()) == [1, 1, 3]


def test_the_readme_names_every_folder() -> None:
    [tree] = (block for block in blocks("") if block.startswith("architectures/"))
    named = set(re.findall(r"\b(\w+)/", tree))
    folders = {path.parent.name for path in (ROOT / "harness").glob("*/__init__.py")}
    assert named == {"architectures", "docs", "examples", "harness", "results", "tests", "benchmarks", *folders}
    assert len(folders) > 10


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_to_files_that_are_there(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", DOCUMENTS[name]) if "://" not in link]
    wanted = [link for link in links if RESULTS_EXIST or not link.startswith("results/")]
    assert [link for link in wanted if not (ROOT / link).exists()] == []
