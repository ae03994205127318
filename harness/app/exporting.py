"""Hands results on to other tools: chooses what, checks first, and puts the whole target in place at once."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harness.app.inputs import read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.workspace import RecordsOptions
from harness.errors import AlreadyThere, MissingExtra, NothingRecorded, UnusableTarget
from harness.exports.export import Selection, find_export
from harness.spec.folder import select_files


@dataclass(frozen=True, kw_only=True)
class ExportOptions(RecordsOptions):
    """What to export, and where to.

    Args:
        kind: A module of `harness.exports`.
        to: The file or folder to write.
        names: Architectures, as names or globs; none: all that have results.
        force: Whether to replace what is there.
    """

    kind: str
    to: Path
    names: tuple[str, ...] = ()
    force: bool = False


def export(options: ExportOptions, *, progress: Progress = SILENT) -> Selection:
    """Write the export, whole or not at all, and return what is in it.

    Raises:
        BenchError: A package is missing, the target is there or can't be written, or nothing is recorded.
    """
    module = find_export(options.kind)
    check_packages(f"bench export {options.kind.replace('_', '-')}", module.PACKAGES, module.EXTRA)
    check_target(options.to, force=options.force)
    selection = select_results(options, progress)
    with put_in_place(options.to) as target:
        module.write(selection, target)
    return selection


def select_results(options: ExportOptions, progress: Progress) -> Selection:
    """Return the results of the architectures that were asked for.

    Raises:
        NothingRecorded: One that was named has none, or nothing has any.
        BenchError: A name means no spec, or the environment has no record.
    """
    files = select_files(options.names, options.specs)
    inputs = read_inputs(options, progress, None, needed=files if options.names else ())
    findings, wanted = inputs.findings(options.environment), {file.stem for file in files}
    entries = tuple(entry for entry in findings.ranking if entry.name in wanted and entry.runs)
    without = sorted(wanted - {entry.name for entry in entries}) if options.names else []
    if without or not entries:
        raise NothingRecorded(f"of {', '.join(without)} in {options.folder}" if without else f"in {options.folder}")
    return Selection(findings, entries)


def check_packages(what: str, packages: Iterable[str], extra: str | None) -> None:
    """Refuse before any work if a package is missing.

    Raises:
        MissingExtra: With the line that installs it.
    """
    missing = [package for package in packages if find_spec(package) is None]
    if missing and extra:
        raise MissingExtra(what, missing, extra)


def check_target(target: Path, *, force: bool) -> None:
    """Refuse before any work if the target can't be written.

    Raises:
        AlreadyThere: It exists and is not to be replaced.
        UnusableTarget: Its folder, or the nearest one that is there, takes no files.
    """
    if os.path.lexists(target) and not force:
        raise AlreadyThere(target)
    try:
        with tempfile.TemporaryFile(dir=next(folder for folder in target.absolute().parents if folder.exists())):
            pass
    except OSError as error:
        raise UnusableTarget(target, error) from error


@contextmanager
def put_in_place(target: Path) -> Iterator[Path]:
    """Give the block a path of the same name in a folder of its own; what it wrote there then replaces the target.

    Nothing is left of it where the block fails.

    Raises:
        UnusableTarget: The disk is full, or the folder can't be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".bench-", suffix=".part") as folder:
            made = Path(folder, target.name)
            yield made
            old = Path(folder, "old")
            with contextlib.suppress(FileNotFoundError):
                target.rename(old)
            try:
                made.rename(target)
            except OSError:
                if os.path.lexists(old):
                    old.rename(target)
                raise
    except OSError as error:
        raise UnusableTarget(target, error) from error
