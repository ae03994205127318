"""A file inside an installed Python package; imports no package and installs none."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Field

from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.declaration.values import Form

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
