"""The arrays that data sets, evaluations and backends give each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
# Bytes, or numbers of another type.
Values = NDArray[Any]
