"""Run as a program: trains architectures on a slice of MNIST into the results folder: RESULTS [NAME...]."""

from __future__ import annotations

import sys
from pathlib import Path

from real_trials import real_benchmark, spec, train

EPOCHS = 3


def main() -> None:
    read = [spec(name) for name in sys.argv[2:] or ("000_convnet", "002_two_conv_dropout", "dense_512")]
    cut = [one.model_copy(update={"training": one.training.model_copy(update={"epochs": EPOCHS})}) for one in read]
    train(real_benchmark(Path(sys.argv[1]), cut))


if __name__ == "__main__":
    main()
