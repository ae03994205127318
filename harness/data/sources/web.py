"""Files at a web address; checks that they arrived whole, not what they hold."""

# Why not pooch: it verifies one digest per file, and here the published digests are those of the four arrays
# inside, whatever archive holds them. It also sets no limit on how much an address may send.

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from harness.data.sources.source import OnProgress, Source, SourceFailed
from harness.declaration.values import Form, Positive

if TYPE_CHECKING:
    import http.client
    import socket
    import urllib.request

Address = Annotated[str, Form(r"https?://[!-~]+", "write a web address, such as https://example.org/data.npz")]
FileName = Annotated[str, Form(r"[A-Za-z0-9][A-Za-z0-9._-]*", "write a file's name, without a folder")]
CHUNK_BYTES = 1 << 16
MOST_SECONDS = 3600.0
"""How long a file may take in all: an address that sends a byte now and then is never silent."""


class WebFile(Source):
    """One file at a web address, or several below it."""

    kind = "web"
    address: Address = Field(description="The file's address, or that of the folder with the files, which ends in '/'.")
    files: tuple[FileName, ...] = Field(default=(), strict=False, description="The files' names, if they are several.")
    timeout_seconds: Positive = Field(default=20.0, description="How long the address may send nothing.")

    @property
    def name(self) -> str:
        """The address."""
        return self.address

    def fetch(self, folder: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        """Download; raise SourceFailed on silence, refusal, truncation, or more than the limit.

        The limit is for all files together.
        """
        if not self.files:
            return self._download(self.address, folder / "download", limit_bytes, on_progress)
        left = limit_bytes
        for name in self.files:
            path = self._download(f"{self.address.removesuffix('/')}/{name}", folder / name, left, on_progress)
            left -= path.stat().st_size
        return folder

    def _download(self, address: str, path: Path, limit_bytes: int, on_progress: OnProgress) -> Path:
        with path.open("wb") as file:
            for chunk, done, total in self._chunks(address):
                if done > limit_bytes:
                    raise SourceFailed(f"sent more than {limit_bytes:,} bytes, so it is not the data set")
                file.write(chunk)
                on_progress(done, total)
        return path

    def _chunks(self, address: str) -> Iterator[tuple[bytes, int, int | None]]:
        """Yield what the address sends within the time that a file may take, with the bytes so far and in all."""
        connections = _Connections()
        watch = threading.Timer(MOST_SECONDS, connections.end)
        watch.daemon = True
        watch.start()
        try:
            yield from self._received(address, connections)
        except SourceFailed:
            if not connections.late:
                raise
        finally:
            watch.cancel()
            connections.close()
        if connections.late:
            raise SourceFailed(f"was not done after {MOST_SECONDS:g} seconds")

    def _received(self, address: str, connections: _Connections) -> Iterator[tuple[bytes, int, int | None]]:
        """Yield what the address sends; failures in words that a person can use."""
        # Imported here: a declaration that names an address is read without them, which take 35 ms.
        import http.client  # noqa: PLC0415
        import urllib.error  # noqa: PLC0415
        import urllib.request  # noqa: PLC0415

        # Keeps file: and other schemes out: the address of a mirror comes from the environment.
        if not address.startswith(("https://", "http://")):
            raise SourceFailed("not an http or https address")
        try:
            with _opener(connections).open(address, timeout=self.timeout_seconds) as response:
                length = response.headers.get("Content-Length", "")
                done, total = 0, int(length) if length.isdecimal() else None
                while chunk := response.read(CHUNK_BYTES):
                    done += len(chunk)
                    yield chunk, done, total
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
        if total is not None and done < total:
            raise SourceFailed(f"the connection ended after {done:,} of {total:,} bytes")

    def _silence(self) -> str:
        return f"sent nothing for {self.timeout_seconds:g} seconds"


class _Connections:
    """Every connection that is opened for a file, so that whoever waits for one can be woken: also in a handshake.

    What is kept is another handle of each: a socket is no longer its own once it is wrapped in TLS.
    """

    def __init__(self) -> None:
        self.late = False
        self._handles: list[socket.socket] = []

    def add(self, opened: socket.socket) -> None:
        """Keep a connection; one that is opened too late ends at once."""
        self._handles.append(opened.dup())
        if self.late:
            self.end()

    def end(self) -> None:
        """End the connections: whoever waits for them goes on with what was sent, and finds that it is late."""
        import socket  # noqa: PLC0415 - as above

        self.late = True
        for handle in self._handles:
            with contextlib.suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handles back."""
        for handle in self._handles:
            handle.close()


def _opener(connections: _Connections) -> urllib.request.OpenerDirector:
    """Return what opens addresses, and adds every connection that it opens, before anything is said on it."""
    import http.client  # noqa: PLC0415 - as above
    import urllib.request  # noqa: PLC0415

    class Http(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            connections.add(self.sock)

    class Https(http.client.HTTPSConnection, Http):
        """Connects as the other does, then shakes hands."""

    class HttpHandler(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Http, req)

    class HttpsHandler(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Https, req)

    return urllib.request.build_opener(HttpHandler, HttpsHandler)


def _text(error: object) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
