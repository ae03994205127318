"""A trial's fingerprint: what changes the numbers changes it, what doesn't, doesn't."""

from __future__ import annotations

import pickle
from typing import Any

import fake_digits
import pytest
from pydantic import ValidationError

from harness.data.dataset import Split
from harness.data.declarations import find_dataset
from harness.data.preprocessing import Divide
from harness.errors import DataChanged
from harness.planning.trial import Computation, Trial, phase_at

CONTENT: dict[str, Any] = {
    "dataset": "mnist",
    "layers": [
        {"Conv2D": {"filters": 8, "kernel_size": 3, "activation": "relu"}},
        "Flatten",
        {"Dense": {"units": 10, "activation": "softmax"}},
    ],
    "recipe": {
        "optimizer": {"RMSprop": {"learning_rate": 0.001}},
        "loss": "categorical_crossentropy",
        "batch_size": 64,
    },
}


def with_recipe(**changes: object) -> dict[str, Any]:
    return {**CONTENT, "recipe": {**CONTENT["recipe"], **changes}}


PHASE = {**CONTENT["recipe"], "epochs": 3}
SAME = {
    "keys in another order": dict(reversed(CONTENT.items())),
    "a default written out": with_recipe(optimizer={"RMSprop": {"learning_rate": 0.001, "rho": 0.9}}),
    "a kernel's two sides": {
        **CONTENT,
        "layers": [{"Conv2D": {"filters": 8, "kernel_size": [3, 3], "activation": "relu"}}, *CONTENT["layers"][1:]],
    },
    "the first backend": {**CONTENT, "backend": "tensorflow"},
    "no phase before": {**CONTENT, "earlier": []},
    "no fields at all": {**CONTENT, "layers": [CONTENT["layers"][0], {"Flatten": {}}, CONTENT["layers"][2]]},
}

OTHER = {
    "another learning rate": with_recipe(optimizer={"RMSprop": {"learning_rate": 0.01}}),
    "another optimizer": with_recipe(optimizer="Adam"),
    "another batch size": with_recipe(batch_size=32),
    "a layer less": {**CONTENT, "layers": CONTENT["layers"][1:]},
    "fewer examples": {**CONTENT, "train_examples": 1_000},
    "fewer test examples": {**CONTENT, "test_examples": 1_000},
    "examples held out": with_recipe(validation_split=0.1),
    "a schedule over the training": {**CONTENT, "schedule_epochs": 5},
    "another backend": {**CONTENT, "backend": "another"},
    "a phase before": {**CONTENT, "earlier": [PHASE]},
    "data that is more than a name": {**CONTENT, "dataset_sha256": "0" * 64},
}


def fingerprint(content: dict[str, Any]) -> str:
    return Computation.model_validate(content).fingerprint


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_the_same_computation_has_the_same_fingerprint(content: dict[str, Any]) -> None:
    assert fingerprint(content) == fingerprint(CONTENT)


@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER)
def test_what_changes_the_numbers_changes_the_fingerprint(content: dict[str, Any]) -> None:
    assert fingerprint(content) != fingerprint(CONTENT)


def test_what_a_phase_before_computes_is_part_of_the_fingerprint() -> None:
    other = [{**PHASE, "epochs": 2}], [{**PHASE, "batch_size": 32}], [PHASE, PHASE]
    phases = [{**CONTENT, "earlier": earlier} for earlier in ([PHASE], *other)]
    assert len({fingerprint(content) for content in phases}) == 4
    written = {**CONTENT, "earlier": [{**PHASE, "validation_split": 0.0}]}
    assert fingerprint(written) == fingerprint(phases[0])


def test_epochs_are_counted_through_all_phases() -> None:
    computation = Computation.model_validate({**CONTENT, "earlier": [PHASE, {**PHASE, "epochs": 1}]})
    assert computation.phase_starts == (1, 4, 5)
    phases = [phase_at(epoch, computation.phase_starts) for epoch in range(1, 7)]
    assert phases == [(0, 1), (0, 1), (0, 1), (1, 4), (2, 5), (2, 5)]
    assert Computation.model_validate(CONTENT).phase_starts == (1,)


@pytest.mark.parametrize("content", [CONTENT, {**CONTENT, "earlier": [PHASE]}], ids=["one", "two"])
def test_a_computation_survives_its_own_json(content: dict[str, Any]) -> None:
    computation = Computation.model_validate(content)
    assert Computation.model_validate_json(computation.model_dump_json()) == computation


@pytest.mark.parametrize("backend", ["", "../tensorflow", "tensorflow.model", "Torch"])
def test_a_backend_is_no_path_to_other_modules(backend: str) -> None:
    with pytest.raises(ValidationError, match="backend"):
        Computation.model_validate({**CONTENT, "backend": backend})


def test_the_declaration_of_its_data_goes_along_and_is_no_part_of_the_content() -> None:
    computation = Computation.model_validate(CONTENT)
    mnist = find_dataset("mnist")
    other = computation.on(mnist.model_copy(update={"title": "Other digits"}))
    assert (computation.data.title, other.data.title) == ("MNIST", "Other digits")
    assert pickle.loads(pickle.dumps(other)).data.title == "Other digits"  # noqa: S301
    assert other.model_dump_json() == computation.model_dump_json()
    assert other.fingerprint == computation.fingerprint


def test_the_first_data_set_is_known_by_its_name_and_every_other_by_what_it_holds() -> None:
    toy = fake_digits.declared()
    assert toy.model_copy(update={"name": "mnist"}).identity is None
    changes: dict[str, dict[str, object]] = {
        "another array": {"arrays": toy.arrays.model_copy(update={"test_images": toy.arrays.train_images})},
        "another preprocessing": {"preprocessing": (Divide(by=255),)},
        "another number in it": {"preprocessing": (Divide(by=2),)},
        "other inputs": {"inputs": (20,)},
        "another class": {"classes": (*toy.classes, "10")},
    }
    others = {what: toy.model_copy(update=change).identity for what, change in changes.items()}
    assert len({toy.identity, *others.values()}) == len(changes) + 1
    for same in (
        {"title": "Other digits"},
        {"sources": ()},
        {"classes": tuple("abcdefghij")},
        {"split": Split(test=0.5)},
    ):
        assert toy.model_copy(update=same).identity == toy.identity


def test_changed_data_is_another_computation_and_no_data_for_what_was_recorded() -> None:
    toy = fake_digits.declared()
    computation = Computation.model_validate({**CONTENT, "dataset": "toy", "dataset_sha256": toy.identity})
    assert computation.on(toy).data == toy
    changed = toy.model_copy(update={"preprocessing": (Divide(by=255),)})
    with pytest.raises(DataChanged, match="the data set 'toy' is not the one that this was recorded on"):
        computation.on(changed)
    assert computation.model_copy(update={"dataset_sha256": changed.identity}).fingerprint != computation.fingerprint


def test_a_trials_name_tells_its_seed() -> None:
    trial = Trial(Computation.model_validate(CONTENT), seed=7, epochs=3)
    assert trial.name == f"{trial.fingerprint}-seed7"
