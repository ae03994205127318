"""A tiny data set, the files it could come in, and a web server and an npm that have them."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from harness.arrays import Bytes
from harness.data.array_formats import idx_header, idx_sha256
from harness.data.dataset import Dataset, PublishedArray, PublishedArrays
from harness.data.dataset_files import FOLDER
from harness.data.sources.source import Source

Respond = Callable[[BaseHTTPRequestHandler], object]

SHAPES: dict[str, tuple[int, ...]] = {
    "train_images": (12, 5, 4),
    "train_labels": (12,),
    "test_images": (6, 5, 4),
    "test_labels": (6,),
}
FILES: dict[str, str] = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
KERAS_NAMES: dict[str, str] = {
    "train_images": "x_train",
    "train_labels": "y_train",
    "test_images": "x_test",
    "test_labels": "y_test",
}


def arrays() -> dict[str, Bytes]:
    random = np.random.default_rng(7)
    return {field: random.integers(0, 256, shape, np.uint8) for field, shape in SHAPES.items()}


def declared(*sources: Source) -> Dataset:
    published = {
        name: PublishedArray(file=FILES[name], shape=array.shape, sha256=idx_sha256(array))
        for name, array in arrays().items()
    }
    return Dataset(
        name="toy",
        title="Digits",
        source="a test",
        inputs=(5, 4, 1),
        classes=tuple("0123456789"),
        arrays=PublishedArrays(**published),
        sources=sources,
    )


def declare(specs: Path, dataset: Dataset) -> Path:
    """Write the data set's declaration into the folder of specs; JSON is YAML."""
    path = specs / FOLDER / f"{dataset.name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dataset.model_dump_json(indent=1, exclude={"name"}, exclude_none=True))
    return path


def idx_file(array: Bytes) -> bytes:
    return idx_header(array.shape) + array.tobytes()


def write_idx_files(folder: Path, *, zipped: bool = False) -> list[Path]:
    paths = []
    for field, array in arrays().items():
        path = folder / (FILES[field] + (".gz" if zipped else ""))
        path.write_bytes(gzip.compress(idx_file(array)) if zipped else idx_file(array))
        paths.append(path)
    return paths


def npz_file(**replaced: object) -> bytes:
    members: dict[str, object] = {KERAS_NAMES[field]: array for field, array in arrays().items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (members | replaced).items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=True)
    return buffer.getvalue()


def tarball(*, folder: str = "package/data/") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for field, array in arrays().items():
            content = idx_file(array)
            member = tarfile.TarInfo(folder + FILES[field])
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)  # the same bytes in another second


@contextmanager
def server(respond: Respond) -> Iterator[str]:
    """Serve every GET with the function, on a free port of this machine; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_address[1]}/toy.npz"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def send(content: bytes, *, declared: int | None = None) -> Respond:
    def respond(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content) if declared is None else declared))
        request.end_headers()
        request.wfile.write(content)

    return respond


def put_npm_on_path(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make ``npm`` a shell script of these lines, found before any other."""
    folder.mkdir()
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return npm
