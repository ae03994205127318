from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import fake_digits
import pytest

from harness.data.sources import web
from harness.data.sources.source import SourceFailed
from harness.data.sources.web import WebFile

LIMIT_BYTES = 10_000_000


def source(address: str) -> WebFile:
    return WebFile(address=address, timeout_seconds=0.3)


def fetch(address: str, folder: Path, limit_bytes: int = LIMIT_BYTES) -> Path:
    return source(address).fetch(folder, limit_bytes, lambda _done, _total: None)


def failure(respond: fake_digits.Respond, folder: Path, limit_bytes: int = LIMIT_BYTES) -> str:
    with fake_digits.server(respond) as address, pytest.raises(SourceFailed) as caught:
        fetch(address, folder, limit_bytes)
    return str(caught.value)


def test_a_good_file_arrives_whole_with_its_progress(tmp_path: Path) -> None:
    progress: list[tuple[int, int | None]] = []
    content = bytes(200_000)
    with fake_digits.server(fake_digits.send(content)) as address:
        path = source(address).fetch(tmp_path, LIMIT_BYTES, lambda done, total: progress.append((done, total)))
    assert path.read_bytes() == content
    assert progress[-1] == (200_000, 200_000)
    assert len(progress) > 2
    assert sorted(progress) == progress


def test_a_truncated_response_is_reported_with_its_bytes(tmp_path: Path) -> None:
    respond = fake_digits.send(bytes(1_500), declared=4_000)
    assert failure(respond, tmp_path) == "the connection ended after 1,500 of 4,000 bytes"


def test_a_missing_file_is_reported_as_the_server_words_it(tmp_path: Path) -> None:
    assert failure(lambda request: request.send_error(404), tmp_path) == "responded 404 Not Found"


def test_an_address_that_never_responds_is_abandoned(tmp_path: Path) -> None:
    done = threading.Event()
    with fake_digits.server(lambda _: done.wait(5)) as address:
        with pytest.raises(SourceFailed, match=r"sent nothing for 0\.3 seconds"):
            fetch(address, tmp_path)
        done.set()


def test_a_response_that_stops_is_abandoned(tmp_path: Path) -> None:
    done = threading.Event()

    def stall(request: BaseHTTPRequestHandler) -> None:
        fake_digits.send(b"half", declared=8)(request)
        request.wfile.flush()
        done.wait(5)

    with fake_digits.server(stall) as address:
        with pytest.raises(SourceFailed, match=r"sent nothing for 0\.3 seconds"):
            fetch(address, tmp_path)
        done.set()


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        if request.path.endswith("/moved"):
            fake_digits.send(b"here")(request)
        else:
            request.send_response(302)
            request.send_header("Location", "/moved")
            request.end_headers()

    with fake_digits.server(redirect) as address:
        assert fetch(address, tmp_path).read_bytes() == b"here"


def test_a_redirect_to_a_file_of_this_machine_is_refused(tmp_path: Path) -> None:
    def redirect(request: BaseHTTPRequestHandler) -> None:
        request.send_response(302)
        request.send_header("Location", "file:///etc/hostname")
        request.end_headers()

    assert "302" in failure(redirect, tmp_path)


def test_an_endless_response_is_cut_off_at_the_limit(tmp_path: Path) -> None:
    respond = fake_digits.send(bytes(500_000))
    assert "more than 100,000 bytes" in failure(respond, tmp_path, limit_bytes=100_000)
    assert (tmp_path / "download").stat().st_size <= 100_000


def test_a_response_that_is_not_http_is_reported(tmp_path: Path) -> None:
    assert "the connection broke" in failure(lambda request: request.wfile.write(b"ssh-2.0\r\n"), tmp_path)


def test_a_closed_port_is_reported(tmp_path: Path) -> None:
    with fake_digits.server(fake_digits.send(b"")) as address:
        pass
    with pytest.raises(SourceFailed, match="can't be reached"):
        fetch(address, tmp_path)


def test_only_web_addresses_are_opened(tmp_path: Path) -> None:
    mirror = source("https://example.org/").model_copy(update={"address": "file:///etc/hostname"})
    with pytest.raises(SourceFailed, match="not an http or https address"):
        mirror.fetch(tmp_path, LIMIT_BYTES, lambda _done, _total: None)


def drip(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    _go_on(request, b"x")


def drip_headers(request: BaseHTTPRequestHandler) -> None:
    _go_on(request, b"H")


def only_continue(request: BaseHTTPRequestHandler) -> None:
    _go_on(request, b"HTTP/1.1 100 Continue\r\n\r\n")


def _go_on(request: BaseHTTPRequestHandler, part: bytes) -> None:
    with suppress(OSError):
        for _ in range(200):
            request.wfile.write(part)
            request.wfile.flush()
            time.sleep(0.02)


@pytest.mark.parametrize("respond", [drip, drip_headers, only_continue])
def test_an_address_that_is_never_silent_and_never_done_is_given_up(
    respond: fake_digits.Respond, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_SECONDS", 0.2)
    with fake_digits.server(respond) as address:
        started = time.monotonic()
        with pytest.raises(SourceFailed, match=r"was not done after 0\.2 seconds"):
            WebFile(address=address).fetch(tmp_path, 10**9, lambda *_: None)
        assert time.monotonic() - started < 3


@contextmanager
def handshake_that_drips(part: bytes) -> Iterator[str]:
    """Answer every connection as TLS does, a byte now and then; give the address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                # A record of 16 kB of a handshake, which is waited for.
                self.request.sendall(b"\x16\x03\x03\x40\x00")
                for _ in range(200):
                    self.request.sendall(part)
                    time.sleep(0.02)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{running.server_address[1]}/toy.npz"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize("part", [b"x", b""])
def test_a_handshake_that_is_never_done_is_given_up(
    part: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_SECONDS", 0.2)
    with handshake_that_drips(part) as address:
        started = time.monotonic()
        with pytest.raises(SourceFailed, match=r"was not done after 0\.2 seconds"):
            WebFile(address=address).fetch(tmp_path, 10**9, lambda *_: None)
        assert time.monotonic() - started < 3


def test_a_silent_handshake_is_abandoned(tmp_path: Path) -> None:
    with handshake_that_drips(b"") as address, pytest.raises(SourceFailed, match=r"sent nothing for 0\.3 seconds"):
        fetch(address, tmp_path)


def test_a_length_of_thousands_of_digits_is_a_sentence(tmp_path: Path) -> None:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "9" * 5_000)
        request.end_headers()
        request.wfile.write(b"x")

    with fake_digits.server(respond) as address, pytest.raises(SourceFailed, match="connection"):
        WebFile(address=address).fetch(tmp_path, 10**9, lambda *_: None)
