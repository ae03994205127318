from __future__ import annotations

import pytest

from harness.errors import BenchError
from harness.spec.datasets import DATASETS, facts


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_goes_by_its_name(name: str) -> None:
    assert facts(name).name == name


def test_the_facts_of_mnist_are_those_of_its_files() -> None:
    mnist = facts("mnist")
    assert (mnist.image_shape, mnist.classes) == ((28, 28, 1), 10)
    assert mnist.image_bytes == (60_000 + 10_000) * 28 * 28


def test_an_unknown_data_set_is_reported_with_the_nearest_name() -> None:
    with pytest.raises(BenchError, match="there is no data set 'mnits'; did you mean 'mnist'"):
        facts("mnits")
