"""The program with its verbs: parses the arguments and runs the verb that is asked for; holds none."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from harness.app.console import stderr
from harness.cli.console import stdout
from harness.cli.streams import guarded, interruptible
from harness.errors import BenchError, NoWorkingFolder

# By module, in the order in which a user meets them. Only the one that is asked for is imported.
VERBS = {
    "run": "run",
    "plan": "plan",
    "list": "list_architectures",
    "show": "show",
    "validate": "validate",
    "new": "new",
    "report": "report",
    "claims": "claims",
    "compare": "compare",
    "verify": "verify",
    "time": "time",
    "doctor": "doctor",
    "data": "app",
    "export": "app",
    "predict": "predict",
}


def print_version(asked: bool) -> None:  # noqa: FBT001 - Typer's callbacks get the value alone
    """Print the version and end, if it is asked for."""
    if asked:
        from importlib.metadata import version

        stdout().print(f"bench {version('architecture-bench')}")
        raise typer.Exit


def take_options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Train the architectures of a folder with fixed seeds, and compare them."""


def program(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """Return the command line with these verbs: a function of a module each, or an application of its own."""
    app = typer.Typer(
        name="bench",
        help="Train the architectures of a folder with fixed seeds, and compare them.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Start with:  bench run --all",
    )
    app.callback()(take_options)
    for name in verbs:
        verb = getattr(import_module(f"harness.cli.{name}"), VERBS[name])
        if isinstance(verb, typer.Typer):
            app.add_typer(verb, name=name)
        else:
            app.command(name)(verb)
    return app


def check_working_folder() -> None:
    """Refuse to work in a folder that was deleted: no relative path leads anywhere.

    Raises:
        NoWorkingFolder: It is gone.
    """
    try:
        Path.cwd()
    except FileNotFoundError:
        raise NoWorkingFolder from None


def run_program() -> None:
    """Run the verb that was typed; a user's error is one sentence and its exit code, never a traceback."""
    # To look for pydantic's plugins, of which none is wanted, a file of every installed package is read.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    asked = [word for word in sys.argv[1:2] if word in VERBS]
    try:
        with guarded():
            check_working_folder()
            command = program(asked or VERBS)
            with interruptible():
                command(prog_name="bench")
    except BenchError as error:
        stderr().print(f"[bold red]{error.heading}[/]{escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
