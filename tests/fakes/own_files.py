"""Files of a user's own, small ones: an npz, a folder of images, a table."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

RNG_SEED = 5
CLASSES = ("cat", "dog")


def npz(path: Path, **replaced: Any) -> Path:  # noqa: ANN401 - whatever an array can be made of
    """An npz file as Keras has them; an array that is replaced by None is left out."""
    rng = np.random.default_rng(RNG_SEED)
    arrays: dict[str, Any] = {
        "x_train": rng.integers(0, 256, (20, 6, 5), np.uint8),
        "y_train": np.arange(20) % 2,
        "x_test": rng.integers(0, 256, (8, 6, 5), np.uint8),
        "y_test": np.arange(8) % 2,
    }
    np.savez(path, **{name: array for name, array in (arrays | replaced).items() if array is not None})
    return path


def image(size: tuple[int, int] = (7, 9), mode: str = "RGB", seed: int = 0) -> Image.Image:
    """An image of noise; the size is (width, height), as Pillow has it."""
    width, height = size
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Image.fromarray(pixels).convert(mode)


def png(picture: Image.Image, **options: Any) -> bytes:  # noqa: ANN401 - what Pillow takes
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **options)
    return buffer.getvalue()


def photos(root: Path, count: int = 6) -> Path:
    """A folder with a folder of images for each class, PNG and JPEG by turns."""
    for number, name in enumerate(CLASSES):
        (root / name).mkdir(parents=True)
        for index in range(count):
            picture = image(seed=100 * number + index)
            picture.save(root / name / (f"{index}.jpg" if index % 2 else f"{index}.png"))
    return root


def table(path: Path, text: str | None = None) -> Path:
    rows = [f"{row},{row / 4},{'red' if row % 3 else 'green'},{CLASSES[row % 2]}\n" for row in range(20)]
    path.write_text(text if text is not None else "number,share,colour,animal\n" + "".join(rows))
    return path
