"""Durations as people write them."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from harness.app.training.benchmark import check_at_once
from harness.cli import options
from harness.cli.options import parse_duration
from harness.cli.program import program
from harness.errors import BenchError, InvalidArgument, UnknownDuration


def test_examples_in_docstrings_hold() -> None:
    outcome = doctest.testmod(options)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


@pytest.mark.parametrize("text", ["soon", "0", "0s", "1x", "-5", "9" * 5_000, "1e9", "9" * 20 + "h", "nan", "inf"])
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(UnknownDuration):
        parse_duration(text)


HOSTILE = (
    "9" * 5_000,
    "-1",
    "0",
    "10" * 18,
    "1e308",
    "nan",
    "inf",
    "",
    " ",
    "\x00",
    "\ud800",
    "\x1b[2J",
    "-",
    "--",
    "x" * 5_000,
)


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - Typer's
    for name, command in getattr(group, "commands", {}).items():
        yield (*path, name), command
        yield from commands(command, (*path, name))


def test_every_option_takes_or_refuses_every_value_in_a_sentence() -> None:
    """Typer's own refusals are ``ClickException``; ours are ``BenchError``."""
    app = typer.main.get_command(program())
    attempts = 0
    for path, command in commands(app):
        for option in (param for param in command.params if param.param_type_name == "option" and not param.is_flag):
            for value in HOSTILE:
                attempts += 1
                try:
                    command.make_context(path[-1], [option.opts[0], value])
                except (BenchError, SystemExit):
                    continue
                except Exception as error:  # Typer carries Click along, and names it differently by version
                    if not type(error).__module__.endswith("click.exceptions"):
                        raise
    assert attempts > 500


@pytest.mark.parametrize("name", ["jobs", "threads"])
@pytest.mark.parametrize("value", [10**18, 0, 3 * 10**9, 10**5_000], ids=range(4))
def test_as_many_at_once_as_no_machine_has_are_refused_in_notebooks_too(name: str, value: int) -> None:
    with pytest.raises(InvalidArgument, match=f"{name} is .*; give a whole number from 1 to 1,024"):
        check_at_once(**{name: value})
