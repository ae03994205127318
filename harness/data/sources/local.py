"""Files that are on this machine already: at a path, or inside an installed Python package; downloads nothing."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Field

from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.declaration.files import without_tilde
from harness.declaration.values import Form, Line

# A relative path would mean another file in another folder.
Absolute = Annotated[Line, Form(r"(/|~|[A-Za-z]:).*", "write the whole path, such as /usr/share/datasets/mnist")]


class LocalPath(Source):
    """A file or a folder of this machine."""

    kind = "path"
    path: Absolute = Field(description="The whole path of the file or the folder.")
    comes_with: Line | None = Field(default=None, description="What puts it there, such as Debian's package x.")

    @property
    def name(self) -> str:
        """The path, and what puts it there."""
        return f"{self.path} ({self.comes_with})" if self.comes_with else self.path

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Return the path; its size is looked at where it is read."""
        del folder, limit_bytes
        path = without_tilde(Path(self.path))
        if path is None:
            raise SourceFailed("there is no such home folder")
        try:
            path.stat()
        except OSError as error:
            raise SourceFailed(f"not there ({error.strerror or error})") from None
        on_progress(0, None)
        return path


Distribution = Annotated[
    str, Form(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", "write a package's name, such as scikit-learn")
]
Inside = Annotated[
    str, Form(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", "write the file's path in the package, such as sklearn/data.csv")
]


class PythonPackage(Source):
    """A file that an installed package brings along."""

    kind = "python"
    package: Distribution = Field(description="The package's name, as pip knows it.")
    file: Inside = Field(description="The file's path from the folder that packages are installed in.")

    @property
    def name(self) -> str:
        """The package and the file."""
        return f"Python package {self.package} ({PurePosixPath(self.file).name})"

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Return the installed file's path."""
        from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415 - 20 ms

        del folder, limit_bytes
        try:
            path = Path(str(distribution(self.package).locate_file(self.file)))
        except PackageNotFoundError:
            raise SourceFailed(f"it is not installed; 'pip install {self.package}' installs it") from None
        if not path.is_file():
            raise SourceFailed(f"the installed version has no {self.file}")
        on_progress(0, None)
        return path
