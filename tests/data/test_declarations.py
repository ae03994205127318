from __future__ import annotations

from math import prod

import pytest

from harness.data.dataset import Dataset
from harness.data.declarations import all_datasets, find_dataset


@pytest.mark.parametrize("dataset", all_datasets().values(), ids=all_datasets())
def test_what_specs_are_checked_against_is_what_the_arrays_are(dataset: Dataset) -> None:
    shapes = {name: array.shape for name, array in dataset.published.items()}
    assert shapes["train_labels"] == (dataset.train_examples,)
    assert shapes["test_labels"] == (dataset.test_examples,)
    assert prod(shapes["train_images"]) == dataset.train_examples * prod(dataset.inputs)
    assert prod(shapes["test_images"]) == dataset.test_examples * prod(dataset.inputs)


@pytest.mark.parametrize("dataset", all_datasets().values(), ids=all_datasets())
def test_every_data_set_has_a_source(dataset: Dataset) -> None:
    assert dataset.sources


@pytest.mark.parametrize("name", all_datasets())
def test_a_data_set_goes_by_its_name(name: str) -> None:
    assert find_dataset(name).name == name


def test_the_facts_of_mnist_are_those_of_its_files() -> None:
    mnist = find_dataset("mnist")
    assert (mnist.inputs, len(mnist.classes)) == ((28, 28, 1), 10)
    assert mnist.image_bytes == (60_000 + 10_000) * 28 * 28
