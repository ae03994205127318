from __future__ import annotations

import numpy as np
import pytest

from harness.data.idx import decode, file_bytes, header, sha256
from harness.data.mnist import MNIST


def test_the_header_is_that_of_the_published_files() -> None:
    assert header((60_000, 28, 28)) == bytes.fromhex("00000803 0000ea60 0000001c 0000001c")
    assert header((10_000,)) == bytes.fromhex("00000801 00002710")


def test_mnists_files_have_the_published_lengths() -> None:
    assert [array.file_bytes for array in MNIST.arrays] == [47_040_016, 60_008, 7_840_016, 10_008]


def test_decoding_gives_back_what_was_encoded_and_can_not_be_written_to() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    decoded = decode(header(array.shape) + array.tobytes(), array.shape)
    assert np.array_equal(decoded, array)
    with pytest.raises(ValueError, match="read-only"):
        decoded[0] = 1


@pytest.mark.parametrize("content", [b"", header((3,)) + b"ab", header((3,)) + b"abcd", header((2,)) + b"abc"])
def test_content_of_another_length_or_shape_is_not_decoded(content: bytes) -> None:
    with pytest.raises(ValueError, match="not an IDX file"):
        decode(content, (3,))


def test_the_digest_is_that_of_the_file_whatever_the_arrays_memory_looks_like() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(4, 6)
    assert sha256(array.T) == sha256(array.T.copy())
    assert sha256(array.T) != sha256(array)


def test_a_file_is_as_long_as_its_header_and_values() -> None:
    assert file_bytes((2, 3)) == len(header((2, 3))) + 6
