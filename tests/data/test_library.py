from __future__ import annotations

import pytest

from harness.data.library import DATASETS
from harness.spec.datasets import facts


@pytest.mark.parametrize("name", DATASETS)
def test_what_specs_are_checked_against_is_what_the_arrays_are(name: str) -> None:
    known, shapes = facts(name), {array.field: array.shape for array in DATASETS[name].arrays}
    height, width, channels = known.image_shape
    assert channels == 1
    assert shapes == {
        "train_images": (known.train_examples, height, width),
        "train_labels": (known.train_examples,),
        "test_images": (known.test_examples, height, width),
        "test_labels": (known.test_examples,),
    }


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_has_a_source_and_a_way_by_hand(name: str) -> None:
    assert DATASETS[name].sources
    assert DATASETS[name].forms
