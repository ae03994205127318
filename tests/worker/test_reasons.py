"""A failure's reason says what went wrong, in one line, however long a framework's message is."""

from __future__ import annotations

import pytest

from harness.worker.process import MOST_REASON, reason_of

TENSORFLOW = """Graph execution error:

Detected at node model/conv2d/Conv2D defined at (most recent call last):
  File "/x/train.py", line 1, in <module>

<stack traces unavailable>
Conv2DCustomBackpropInputOp only supports NHWC.
\t [[{{node model/conv2d/Conv2D}}]] [Op:__inference_train_function_1234]
"""


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (TENSORFLOW, "Graph execution error: Conv2DCustomBackpropInputOp only supports NHWC."),
        ("Graph execution error:", "Graph execution error:"),
        ("no room\non the disk", "no room"),
        ("", "no message"),
        (" \n\n", "no message"),
        ("a" * 10_000, "a" * MOST_REASON),
    ],
)
def test_the_reason_is_what_went_wrong(message: str, reason: str) -> None:
    assert reason_of(message) == reason
