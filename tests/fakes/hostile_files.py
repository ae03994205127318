"""Files that somebody could put among the records: none of them is one, and each is to be named and left out."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.records.content import content_digest

Damage = Callable[[Path], object]


def packed_member(content: bytes, name: str = "test_epoch_1.npy", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive of one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def npy(header: str, values: bytes = b"") -> bytes:
    """Return a `.npy` file with this header."""
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + values


def array_of(shape: str, values: bytes = b"", kind: str = "|u1") -> bytes:
    return npy(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}", values)


def patched(content: bytes, at: int, value: bytes) -> bytes:
    """Return an archive of one member with other bytes in its own and its directory's header."""
    central = content.index(b"PK\x01\x02")
    found = bytearray(content)
    found[at : at + len(value)] = value
    # Fields from the version needed on stand two bytes later in the directory.
    found[central + at + 2 : central + at + 2 + len(value)] = value
    return bytes(found)


def _good() -> bytes:
    return packed_member(array_of("(100,)", bytes(100)))


def _bytes(content: Callable[[], bytes]) -> Damage:
    return lambda path: path.write_bytes(content())


def _bomb() -> bytes:
    """Return an archive that unpacks to 3 GB, in a few kilobytes more than it takes to say so."""
    whole = packed_member(array_of("(3000000000,)", bytes(1 << 20)))
    return patched(whole, 22, struct.pack("<I", 3_000_000_000))


def _many() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for epoch in range(1, 18):
            archive.writestr(f"test_epoch_{epoch}.npy", array_of("(16000000,)", bytes(16_000_000)))
    return buffer.getvalue()


PREDICTIONS: Mapping[str, Damage] = {
    "a plain array": _bytes(lambda: array_of("(100,)", bytes(100))),
    "10^12 values": _bytes(lambda: packed_member(array_of("(1000000000000,)", bytes(100)))),
    "10^18 values": _bytes(lambda: packed_member(array_of("(1000000000000000000,)", bytes(100)))),
    "values of many digits": _bytes(lambda: packed_member(array_of(f"({'9' * 3000},)", bytes(100)))),
    "a negative size": _bytes(lambda: packed_member(array_of("(-1,)", bytes(100)))),
    "a size of True": _bytes(lambda: packed_member(array_of("(True,)", bytes(100)))),
    "a size with a point": _bytes(lambda: packed_member(array_of("(100.0,)", bytes(100)))),
    "3 GB when unpacked": _bytes(_bomb),
    "brackets for a header": _bytes(lambda: packed_member(npy("(" * 3))),
    "many brackets for a header": _bytes(lambda: packed_member(npy("(" * 3000))),
    "an unterminated string for a header": _bytes(lambda: packed_member(npy("{'descr': '|u1"))),
    "a header that is a list": _bytes(lambda: packed_member(npy("[1, 2]"))),
    "a header of other keys": _bytes(lambda: packed_member(npy("{'descr': '|u1', 1: 2}"))),
    "a header of nothing": _bytes(lambda: packed_member(npy(""))),
    "a header longer than the file": _bytes(lambda: packed_member(b"\x93NUMPY\x01\x00\xff\xff{")),
    "a header of three bytes": _bytes(lambda: packed_member(b"\x93NU")),
    "Python objects": _bytes(lambda: packed_member(array_of("(1,)", b"cos\nsystem\n", "|O"))),
    "no such type": _bytes(lambda: packed_member(array_of("(1,)", b"1", "|q9"))),
    "floats": _bytes(lambda: packed_member(array_of("(1,)", bytes(8), "<f8"))),
    "three axes": _bytes(lambda: packed_member(array_of("(10, 10, 1)", bytes(100)))),
    "no axis": _bytes(lambda: packed_member(array_of("()", bytes(1)))),
    "labels that are neither 0 nor 1": _bytes(lambda: packed_member(array_of("(10, 10)", bytes(99) + b"\2"))),
    "labels column by column": _bytes(
        lambda: packed_member(
            array_of("(10, 10)", bytes(100)).replace(b"'fortran_order': False", b"'fortran_order': True ")
        )
    ),
    "fewer values than declared": _bytes(lambda: packed_member(array_of("(100,)", bytes(99)))),
    "more values than declared": _bytes(lambda: packed_member(array_of("(100,)", bytes(101)))),
    "another name": _bytes(lambda: packed_member(array_of("(100,)", bytes(100)), "../../escape.npy")),
    "an epoch of many digits": _bytes(lambda: packed_member(array_of("(1,)", b"1"), f"test_epoch_{'9' * 5000}.npy")),
    "encrypted": _bytes(lambda: patched(_good(), 6, b"\x01\x00")),
    "another compression": _bytes(lambda: patched(_good(), 8, b"\x63\x00")),
    "damaged LZMA": _bytes(lambda: patched(_good(), 8, b"\x0e\x00")),
    "LZMA": _bytes(lambda: packed_member(array_of("(100,)", bytes(100)), method=zipfile.ZIP_LZMA)),
    "damaged bzip2": _bytes(lambda: patched(_good(), 8, b"\x0c\x00")),
    "a damaged stream": _bytes(lambda: _good()[:60] + b"\xff" * 20 + _good()[80:]),
    "half of the file": _bytes(lambda: _good()[: len(_good()) // 2]),
    "nothing": _bytes(lambda: b""),
    "text": _bytes(lambda: b"predictions"),
    "270 MB when unpacked": _bytes(_many),
    "a pipe": os.mkfifo,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a folder": lambda path: path.mkdir(),
    "a huge file": lambda path: _sparse(path, 1 << 34),
}


def _sparse(path: Path, size: int) -> None:
    """Make a file of that size that takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(size)


RECORDS: Mapping[str, Damage] = {
    "nested 10,000 deep": _bytes(lambda: b"[" * 10_000 + b"]" * 10_000),
    "nested 10,000 deep in a field": _bytes(lambda: b'{"format": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    "nested 190 deep": _bytes(lambda: b'{"format": ' + b"[" * 190 + b"]" * 190 + b"}"),
    "an integer of 5,000 digits": _bytes(lambda: b'{"format": ' + b"9" * 5000 + b"}"),
    "a format of 300 digits": _bytes(lambda: b'{"format": ' + b"9" * 300 + b"}"),
    "a format that is a text": _bytes(lambda: b'{"format": "2"}'),
    "a lone surrogate": _bytes(lambda: b'{"format": 2, "fingerprint": "\\ud800"}'),
    "UTF-8 that is none": _bytes(lambda: b'{"format": 2, "fingerprint": "\xed\xa0\x80"}'),
    "UTF-16": _bytes(lambda: '{"format": 2}'.encode("utf-16")),
    "a list": _bytes(lambda: b"[]"),
    "a number": _bytes(lambda: b"1e999"),
    "NaN": _bytes(lambda: b'{"format": NaN}'),
    "a null byte": _bytes(lambda: b"\0"),
    "a pipe": os.mkfifo,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to nowhere": lambda path: path.symlink_to(path.with_name("nowhere")),
    "a link to itself": lambda path: path.symlink_to(path),
    "a folder": lambda path: path.mkdir(),
    "a huge file": lambda path: _sparse(path, 1 << 34),
}

TIMES: Mapping[str, Damage] = {
    **{name: damage for name, damage in RECORDS.items() if name != "a link to nowhere"},
    "benchmarks that are a number": _bytes(lambda: b'{"benchmarks": 1}'),
    "benchmarks that are texts": _bytes(lambda: b'{"benchmarks": ["a"]}'),
    **{
        f"a median of {median}": _bytes(lambda median=median: times_document(median))  # type: ignore[misc]
        for median in (0, -1.0, 1e-320, 1e308, float("inf"), float("nan"), None, "1", True, 10**400, [1])
    },
    "a peak of infinity": _bytes(lambda: times_document(1.0, work="float32_peak", operations=1e308 * 10)),
    "a peak of no operations": _bytes(lambda: times_document(1.0, work="float32_peak", operations=0)),
    "a work that is a list": _bytes(lambda: times_document(1.0, work=["train_step"])),
    "a trial that is a list": _bytes(lambda: times_document(1.0, trial=["abc"])),
    "images of 300 digits": _bytes(lambda: times_document(1.0, images=10**300)),
}


def times_document(median: object, **info: object) -> bytes:
    """Return a file of times with one benchmark."""
    known = {"work": "train_step", "trial": "0123456789abcdef", "images": 1, "repetition": 1}
    return json.dumps({"benchmarks": [{"extra_info": known | info, "stats": {"median": median}}]}).encode()


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a record's content and make its digest anew, as somebody who wants to be believed would."""
    content = json.loads(path.read_bytes())
    content.pop("sha256", None)
    change(content)
    path.write_text(json.dumps({**content, "sha256": content_digest(content)}))


def last_epoch(content: dict[str, Any]) -> dict[str, Any]:
    epoch: dict[str, Any] = content["measurement"]["epochs"][-1]
    return epoch


def _epoch(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: last_epoch(content).update(values)


def _test(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: last_epoch(content)["evaluations"]["test"].update(values)


def _metric(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: last_epoch(content)["evaluations"]["test"]["metrics"].update(values)


def _mean(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: last_epoch(content)["train_metrics"].update(values)


def _clock(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["measurement"]["clocks"].update(values)


def _condition(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["measurement"]["conditions"].update(values)


def _measured(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["measurement"].update(values)


def _where(part: str, **values: object) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["environment"][part].update(values)


def _renumbered(start: int, step: int = 1) -> Callable[[dict[str, Any]], object]:
    def change(content: dict[str, Any]) -> None:
        for index, epoch in enumerate(content["measurement"]["epochs"]):
            epoch["epoch"] = start + index * step

    return change


# Numbers and texts that no trial can give, whatever the digest says.
IMPOSSIBLE: Mapping[str, Callable[[dict[str, Any]], object]] = {
    **{f"{value!r} training seconds": _epoch(train_seconds=value) for value in (0, 0.0, 5e-324, 1e-320, 1e308)},
    **{f"{value!r} processor seconds": _epoch(train_cpu_seconds=value) for value in (-1.0, 1e308)},
    **{f"{value!r} seconds of an evaluation": _test(seconds=value) for value in (-1.0, 1e308)},
    **{f"a loss of {value!r}": _metric(loss=value) for value in (1e308, -1e308, 1e-320, 1e39)},
    **{f"an accuracy of {value!r}": _metric(accuracy=value) for value in (1.5, -0.1, 1e-320, 5e-324)},
    **{f"a running loss of {value!r}": _mean(loss=value) for value in (1e308, -1e308, 1e-320)},
    **{f"an unknown metric of {value!r}": _metric(surprise=value) for value in (1e308, 1e-320)},
    "a loss that is a text": _metric(loss="low"),
    "a clock that overflows": _clock(start_up_seconds=1e308),
    "another clock that overflows": _clock(compile_cpu_seconds=1.7e308),
    "a speed of 1e-320": _condition(calibration_before_gflops=1e-320),
    "a speed of 1e308": _condition(calibration_after_gflops=1e308),
    "stolen seconds of 1e308": _condition(stolen_seconds=1e308),
    "a load of -1e308": _condition(load_average=-1e308),
    "parameters of 300 digits": _measured(parameters=10**300),
    "a peak memory of 300 digits": _measured(peak_memory_bytes=10**300),
    "a negative peak memory": _measured(peak_memory_bytes=-1),
    "resumed epochs of 300 digits": _measured(resumed_epochs=10**300),
    "epochs that start at 2": _renumbered(2),
    "epochs with a gap": _renumbered(1, 2),
    "epochs that are all the first": _renumbered(1, 0),
    "an epoch of 300 digits": _renumbered(10**300),
    "10^300 epochs": lambda content: content.update(epochs=10**300),
    "a trial beside 10^300 others": lambda content: content.update(concurrent_trials=10**300),
    "threads of 300 digits": _where("numerics", threads=10**300),
    "cores of 300 digits": _where("machine", cores=10**300),
    "memory of 300 digits": _where("machine", memory_bytes=10**300),
    "a computation that is a list": lambda content: content.update(computation=[1]),
    "a computation of infinity": lambda content: content["computation"].update(train_examples=float("inf")),
    "an environment that is missing": lambda content: content.pop("environment"),
    "a digest that is none": _epoch(weights_sha256="0" * 10_000),
    "an evaluation without a safe name": lambda content: last_epoch(content)["evaluations"].update(
        {"../../x": last_epoch(content)["evaluations"]["test"]}
    ),
}
