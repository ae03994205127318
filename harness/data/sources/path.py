"""Files that are on this machine already, where a package or the user put them; copies and reads none of them."""

from __future__ import annotations

from pathlib import Path
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
