from __future__ import annotations

import hashlib

import numpy as np
import pytest

from harness.data import array_formats
from harness.data.array_formats import decode_idx, idx_bytes, idx_content, idx_header, idx_sha256
from harness.data.declarations import find_dataset

HEADER = idx_header((3,))


def test_the_header_is_that_of_the_published_files() -> None:
    assert idx_header((60_000, 28, 28)) == bytes.fromhex("00000803 0000ea60 0000001c 0000001c")
    assert idx_header((10_000,)) == bytes.fromhex("00000801 00002710")


def test_mnists_files_have_the_published_lengths() -> None:
    shapes = [array.shape for array in find_dataset("mnist").published.values()]
    assert [idx_bytes(shape) for shape in shapes] == [
        47_040_016,
        60_008,
        7_840_016,
        10_008,
    ]


def test_decoding_gives_back_what_was_encoded_and_can_not_be_written_to() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    decoded = decode_idx(idx_header(array.shape) + array.tobytes(), array.shape)
    assert np.array_equal(decoded, array)
    with pytest.raises(ValueError, match="read-only"):
        decoded[0] = 1


@pytest.mark.parametrize("content", [b"", HEADER + b"ab", HEADER + b"abcd", idx_header((2,)) + b"abc"])
def test_content_of_another_length_or_shape_is_not_decoded(content: bytes) -> None:
    with pytest.raises(ValueError, match="not an IDX file"):
        decode_idx(content, (3,))


def test_floats_stand_in_idx_files_with_the_highest_byte_first() -> None:
    array = np.array([[1.5, -2.0]], np.float32)
    content = idx_content(array)
    assert content == bytes.fromhex("00000d02 00000001 00000002 3fc00000 c0000000")
    assert idx_sha256(array) == hashlib.sha256(content).hexdigest()
    assert np.array_equal(decode_idx(content, (1, 2), "float32"), array)
    assert idx_bytes((1, 2), "float32") == len(content)


def test_a_large_array_has_the_digest_of_its_parts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.arange(240, dtype=np.float32).reshape(20, 3, 4)
    whole = idx_sha256(array)
    monkeypatch.setattr(array_formats, "CHUNK_BYTES", 100)
    assert idx_sha256(array) == whole


def test_the_digest_is_that_of_the_file_whatever_the_arrays_memory_looks_like() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(4, 6)
    assert idx_sha256(array.T) == idx_sha256(array.T.copy())
    assert idx_sha256(array.T) != idx_sha256(array)
