"""CIFAR-10 and CIFAR-100 as records of labels and pixels in a tar archive; never the version that is pickled."""

from __future__ import annotations

import re
import tarfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np
from pydantic import Field

from harness.arrays import Values
from harness.data.formats.file_format import FileFormat, Found, LabelledValues
from harness.declaration.values import Count
from harness.errors import DataRefused

TRAIN = re.compile(r"data_batch_\d+\.bin|train\.bin")
TEST = re.compile(r"test_batch\.bin|test\.bin")
SIDE = 32
CHANNELS = 3
PIXELS = CHANNELS * SIDE * SIDE


class Cifar(FileFormat):
    """The archive cifar-10-binary.tar.gz or cifar-100-binary.tar.gz, as its authors publish it."""

    kind = "cifar"
    labels: Count = Field(default=1, description="How many labels each record has; the last one counts.")

    def read(self, path: Path) -> Found:
        """Return the examples in the order of the batches' names, as Keras does."""
        try:
            with tarfile.open(path, "r:*") as archive:
                members = {PurePosixPath(member.name).name: member for member in archive if member.isreg()}
                train, test = (_content(archive, members, names) for names in (TRAIN, TEST))
        except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
            raise DataRefused(f"{path}: can't be read as a tar archive ({error}).") from None
        return Found(self._examples(path, train), self._examples(path, test))

    def _examples(self, path: Path, content: bytes) -> LabelledValues:
        size = self.labels + PIXELS
        if not content or len(content) % size:
            what = f"its batches hold {len(content):,} bytes, not records of {size:,}"
            raise DataRefused(f"{path}: {what}; give the binary version (cifar-10-binary.tar.gz).")
        records = np.frombuffer(content, np.uint8).reshape(-1, size)
        planes = records[:, self.labels :].reshape(-1, CHANNELS, SIDE, SIDE)
        images: Values = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
        return LabelledValues(images, records[:, self.labels - 1].astype(np.intp))


def _content(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], names: re.Pattern[str]) -> bytes:
    """Return the bytes of the batches with such names, one after another."""
    files = [archive.extractfile(members[name]) for name in sorted(members) if names.fullmatch(name)]
    return b"".join(file.read() for file in files if file is not None)
