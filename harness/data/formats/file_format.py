"""What every format of files has in common; names none of them, and imports no NumPy."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.declaration.kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LabelledValues:
    """Values as a data set's array has them, shape (n, ...), and the number of each one's class, shape (n,).

    Where an example may have several labels, these are 0 and 1, shape (n, labels).
    """

    values: NDArray[Any]
    labels: NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class Found:
    """What the files hold.

    Args:
        train: To train on; all of the examples where ``test`` is None.
        test: To test on; None where the files set none apart.
        classes: The classes' names, in the order of their numbers; none where the files only number them.
        numbers: How many features, from the first, are numbers and no categories; None where all values are.
    """

    train: LabelledValues
    test: LabelledValues | None = None
    classes: tuple[str, ...] = ()
    numbers: int | None = None


class FileFormat(Kind):
    """One kind of file, or of folder, and how it is read."""

    @abstractmethod
    def read(self, path: Path) -> Found:
        """Return what the file or folder holds.

        Raises:
            DataRefused: It can't be read, or can't be trained on, in one sentence.
        """
