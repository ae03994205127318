"""A file at a web address; checks that all of it came, not what it holds."""

# Why not pooch: it verifies one digest per file, and here the published digests are those of the four arrays
# inside, whatever archive brings them. It also sets no limit on how much an address may send.

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.data.sources.source import OnProgress, SourceFailed

CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class WebFile:
    """One file at an address, which an environment variable can replace by that of a mirror."""

    address: str
    variable: str
    timeout_seconds: float = 20.0
    """How long the address may be silent; a slow transfer that keeps coming is let be."""

    @property
    def name(self) -> str:
        """The address that is asked."""
        return os.environ.get(self.variable) or self.address

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Download the file; raise SourceFailed on silence, refusal, truncation, or more than the limit."""
        path = folder / "download"
        done = 0
        with self._open() as response, path.open("wb") as file:
            total = _content_length(response)
            for chunk in self._chunks(response):
                done += len(chunk)
                if done > limit_bytes:
                    raise SourceFailed(f"it sends more than {limit_bytes:,} bytes, so it is not the data set")
                file.write(chunk)
                on_progress(done, total)
        if total is not None and done < total:
            raise SourceFailed(f"the connection ended after {done:,} of {total:,} bytes")
        return path

    def _open(self) -> http.client.HTTPResponse:
        if not self.name.startswith(("https://", "http://")):
            raise SourceFailed("it is no http or https address")
        with self._failures():
            # The check above keeps file: and other schemes out.
            response: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310
                self.name, timeout=self.timeout_seconds
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
        try:
            yield
        except urllib.error.HTTPError as error:
            error.close()
            raise SourceFailed(f"it answers {error.code} {error.reason}") from None
        except TimeoutError:
            raise SourceFailed(f"it has been silent for {self.timeout_seconds:g} seconds") from None
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise SourceFailed(f"it has been silent for {self.timeout_seconds:g} seconds") from None
            raise SourceFailed(f"it can't be reached ({_text(error.reason)})") from None
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise SourceFailed(f"the connection broke ({_text(error)})") from None


def _content_length(response: http.client.HTTPResponse) -> int | None:
    text = response.headers.get("Content-Length", "")
    return int(text) if text.isdecimal() else None


def _text(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
