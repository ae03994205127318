"""A file at a web address; checks that it arrived whole, not what it holds."""

# Why not pooch: it verifies one digest per file, and here the published digests are those of the four arrays
# inside, whatever archive holds them. It also sets no limit on how much an address may send.

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.declaration.values import Form, Positive

if TYPE_CHECKING:  # a declaration that names an address is read without what opens it, which takes 35 ms to import
    import http.client

Address = Annotated[str, Form(r"https?://[!-~]+", "write a web address, such as https://example.org/data.npz")]
CHUNK_BYTES = 1 << 16


class WebFile(Source):
    """One file at a web address."""

    kind: ClassVar[str] = "web"
    address: Address = Field(description="The file's address.")
    timeout_seconds: Positive = Field(default=20.0, description="How long the address may send nothing.")

    @property
    def name(self) -> str:
        """The address."""
        return self.address

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Download the file; raise SourceFailed on silence, refusal, truncation, or more than the limit."""
        path = folder / "download"
        done = 0
        with self._open() as response, path.open("wb") as file:
            total = _content_length(response)
            for chunk in self._chunks(response):
                done += len(chunk)
                if done > limit_bytes:
                    raise SourceFailed(f"sent more than {limit_bytes:,} bytes, so it is not the data set")
                file.write(chunk)
                on_progress(done, total)
        if total is not None and done < total:
            raise SourceFailed(f"the connection ended after {done:,} of {total:,} bytes")
        return path

    def _open(self) -> http.client.HTTPResponse:
        import urllib.request  # noqa: PLC0415

        if not self.address.startswith(("https://", "http://")):
            raise SourceFailed("not an http or https address")
        with self._failures():
            # The check above keeps file: and other schemes out: the address of a mirror comes from the environment.
            response: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310
                self.address, timeout=self.timeout_seconds
            )
        return response

    def _chunks(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        while True:
            with self._failures():
                chunk = response.read(CHUNK_BYTES)
            if not chunk:
                return
            yield chunk

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Turn what urllib raises into the clause that a person can use."""
        import http.client  # noqa: PLC0415
        import urllib.error  # noqa: PLC0415

        try:
            yield
        except urllib.error.HTTPError as error:
            error.close()
            raise SourceFailed(f"responded {error.code} {error.reason}") from None
        except TimeoutError:
            raise SourceFailed(self._silence()) from None
        except urllib.error.URLError as error:
            silent = isinstance(error.reason, TimeoutError)
            raise SourceFailed(self._silence() if silent else f"can't be reached ({_text(error.reason)})") from None
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise SourceFailed(f"the connection broke ({_text(error)})") from None

    def _silence(self) -> str:
        return f"sent nothing for {self.timeout_seconds:g} seconds"


def _content_length(response: http.client.HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _text(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
