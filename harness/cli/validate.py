"""``bench validate``: every mistake in specs, each with its place; it changes no file."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli.console import print_lines, say
from harness.cli.options import DEFAULT_RESULTS, ArchitecturesFolder, Results, complete_architectures

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Spec files, files of data sets, folders of them, or names; by default the folder of architectures.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]


def validate(
    paths: Paths = None, *, results: Results = DEFAULT_RESULTS, architectures: ArchitecturesFolder = None
) -> None:
    """Report every mistake in specs as file:line:column, and exit with 2 if there is one.

    What is valid and hardly meant is said too: slow convolutions, batch normalization that sees too few steps.
    Without paths, study.yaml of the results is checked too, which says which seeds count.

    Examples:
        bench validate                    every spec of the folder
        bench validate 000_convnet        one of them
        bench validate drafts/mine.yaml   a file anywhere
    """
    from harness.app.validate import ValidateOptions, validate_specs
    from harness.reporting.numbers import plural

    found = validate_specs(ValidateOptions(paths=tuple(paths or ()), results=results, architectures=architectures))
    print_lines(str(mistake) for mistake in found.mistakes)
    for sentence in found.advice:
        say(sentence)
    files = plural(len(found.files), "file")
    if found.mistakes:
        broken = len({mistake.file for mistake in found.mistakes})
        say(f"{plural(len(found.mistakes), 'mistake')} in {broken} of {files}")
        raise typer.Exit(2)
    say(f"{files}: no mistake")
