"""The command line: the only place that prints or exits; it computes nothing itself.

A verb is one module with one function of the verb's name. Heavy libraries are imported inside those functions,
so that ``bench list`` answers at once.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from typing import Annotated

import typer
from rich.markup import escape

from harness.app.console import stderr
from harness.cli.console import stdout
from harness.errors import BenchError

app = typer.Typer(
    name="bench",
    help="Train the architectures of a folder with fixed seeds, and compare them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with:  bench run --all",
)


def print_version(asked: bool) -> None:  # noqa: FBT001 - Typer's callbacks get the value alone
    """Print the version and end, if it is asked for."""
    if asked:
        from importlib.metadata import version

        stdout().print(f"bench {version('architecture-bench')}")
        raise typer.Exit


@app.callback()
def take_options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Train the architectures of a folder with fixed seeds, and compare them."""


@cache
def register_verbs() -> None:
    """Give the application its verbs, once, in the order in which a user meets them."""
    from harness.cli import claims, compare, data, doctor, new, plan, report, run, show, validate, verify
    from harness.cli import list as list_
    from harness.cli import time as time_

    app.command("run")(run.run)
    app.command("plan")(plan.plan)
    app.command("list")(list_.list_architectures)
    app.command("show")(show.show)
    app.command("validate")(validate.validate)
    app.command("new")(new.new)
    app.command("report")(report.report)
    app.command("claims")(claims.claims)
    app.command("compare")(compare.compare)
    app.command("verify")(verify.verify)
    app.command("time")(time_.time)
    app.command("doctor")(doctor.doctor)
    app.add_typer(data.app, name="data")


def main() -> None:
    """Run the command line; a user's error is one sentence and its exit code, never a traceback."""
    # A command is over before collecting pays, which would walk thousands of records without cycles again and again.
    gc.set_threshold(100_000, 50, 100)
    register_verbs()
    try:
        app(prog_name="bench")
    except BenchError as error:
        stderr().print(f"[bold red]{error.heading}[/]{escape(str(error))}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
