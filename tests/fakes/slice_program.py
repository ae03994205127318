"""A program that trains architectures on a slice of MNIST into a results folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from real_trials import real_benchmark, spec, train

# Long enough to be killed in.
EPOCHS, TRAIN_EXAMPLES = 3, 1_920


def train_slice(results: Path, *names: str) -> None:
    """Train these architectures, or three."""
    read = [spec(name) for name in names or ("002_two_conv_dropout", "dense_512", "lenet_5")]
    cut = [one.model_copy(update={"training": one.training.model_copy(update={"epochs": EPOCHS})}) for one in read]
    benchmark = real_benchmark(results, cut)
    train(replace(benchmark, settings=replace(benchmark.settings, train_examples=TRAIN_EXAMPLES)))
