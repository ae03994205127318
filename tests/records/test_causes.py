"""The likeliest cause of other bits comes first, and nothing that agrees is blamed."""

from __future__ import annotations

import pytest
from fake_trials import ENVIRONMENT, elsewhere

from harness.records.compare import SUSPECTS, Mismatch, conclusion, likely_causes

TRAINED = Mismatch(1, ("weights", "train loss"))
OTHERS = {
    "threads": 2,
    "onednn": False,
    "onednn_max_isa": "AVX2",
    "instruction_set": "avx512_core",
    "backend": "other",
    "accelerator": "Another",
    "processor_features": ("avx2", "avx512f"),
    "tensorflow": "2.20.0",
    "deterministic": False,
    "keras": "3.14.0",
    "numpy": "2.3.0",
    "processor": "Another",
    "system": "Darwin arm64",
    "python": "3.13",
    "harness": "0.2.0",
}


def test_everything_that_identifies_an_environment_can_be_suspected() -> None:
    assert set(ENVIRONMENT.identity) <= {suspect.field for suspect in SUSPECTS} == set(OTHERS)


@pytest.mark.parametrize("field", OTHERS)
def test_the_only_difference_is_the_likely_cause(field: str) -> None:
    causes = likely_causes(TRAINED, ENVIRONMENT, elsewhere(**{field: OTHERS[field]}))
    (name,) = [suspect.name for suspect in SUSPECTS if suspect.field == field]
    assert [cause.name for cause in causes] == [name]
    assert conclusion(TRAINED, causes).startswith(f"likely cause: {name}: recorded with ")


def test_threads_are_likelier_than_another_python() -> None:
    causes = likely_causes(TRAINED, ENVIRONMENT, elsewhere(python="3.13", threads=2))
    assert [cause.name for cause in causes] == ["threads", "Python"]
    assert (causes[0].recorded, causes[0].now) == ("1", "2")


def test_threads_are_not_the_first_suspect_before_training() -> None:
    causes = likely_causes(Mismatch(0, ("initial weights",)), ENVIRONMENT, elsewhere(keras="3.14.0", threads=2))
    assert [cause.name for cause in causes] == ["Keras", "threads"]


def test_of_two_lists_of_features_only_what_the_other_lacks_is_told() -> None:
    (cause,) = likely_causes(TRAINED, ENVIRONMENT, elsewhere(processor_features=("avx2", "avx512f")))
    assert (cause.recorded, cause.now) == ("none of its own", "avx512f")


def test_another_commit_and_uncommitted_changes_are_told_last() -> None:
    causes = likely_causes(
        TRAINED, elsewhere(commit="a" * 40), elsewhere(commit="b" * 40, uncommitted_changes=True, numpy="2.3.0")
    )
    assert [cause.name for cause in causes] == ["NumPy", "harness commit"]
    assert causes[-1].now == "b" * 10 + "+"


def test_other_data_needs_no_other_cause() -> None:
    assert "the data is not the same" in conclusion(Mismatch(0, ("data",)), ())


def test_same_weights_and_another_accuracy_mean_an_edited_number() -> None:
    assert "the recorded number was changed" in conclusion(Mismatch(3, ("test accuracy",)), ())


def test_equal_environments_mean_that_training_does_not_repeat_itself() -> None:
    causes = likely_causes(TRAINED, ENVIRONMENT, ENVIRONMENT)
    assert causes == ()
    assert "does not repeat itself" in conclusion(TRAINED, causes)
