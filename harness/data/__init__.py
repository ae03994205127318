"""Data sets, verified against their published digests; imports no TensorFlow and prints nothing."""

from harness.data.dataset import Dataset
from harness.data.obtaining import Event, Notice, OnEvent, Progress, bring, load, obtain
from harness.errors import DataMissing

__all__ = ["DataMissing", "Dataset", "Event", "Notice", "OnEvent", "Progress", "bring", "load", "obtain"]
