from __future__ import annotations

import importlib
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from harness.spec.training import OPTIMIZERS, Optimizer, OptimizerKind, Training

PARSER: TypeAdapter[OptimizerKind] = TypeAdapter(Optimizer)


def recipe(**fields: Any) -> Training:  # noqa: ANN401 (fields as a file has them)
    known = {"optimizer": "rmsprop", "loss": "categorical_crossentropy", "batch_size": 64, "epochs": 5}
    return Training.model_validate({**known, **fields})


def adam(**fields: object) -> dict[str, Any]:
    return {"Adam": fields}


COSINE = {"CosineDecay": {"initial_learning_rate": 0.1}}
NO_RATE = ("CosineDecay", "initial_learning_rate")
VARIANTS: list[Any] = [
    *OPTIMIZERS.kinds,
    {"SGD": {"momentum": 0.9}},
    {"RMSprop": {"momentum": 0.9}},
    {"RMSprop": {"centered": True}},
    adam(amsgrad=True),
    {"AdamW": {"amsgrad": True}},
]


@pytest.fixture(scope="module")
def keras() -> Any:  # noqa: ANN401 (Keras is not typed)
    return importlib.import_module("keras")


@pytest.mark.training
@pytest.mark.parametrize("spec", VARIANTS, ids=repr)
def test_an_optimizer_keeps_as_many_numbers_for_each_weight_as_keras_does(keras: Any, spec: object) -> None:  # noqa: ANN401
    optimizer = PARSER.validate_python(spec)
    built = optimizer.build(keras)
    weight = keras.Variable([[1.0, 2.0], [3.0, 4.0]])
    built.build([weight])
    # Iterations and the learning rate are single numbers, and so is Nadam's momentum product.
    assert sum(tuple(variable.shape) == (2, 2) for variable in built.variables) == optimizer.slots


@pytest.mark.training
@pytest.mark.parametrize("name", OPTIMIZERS.kinds)
def test_an_optimizer_left_alone_is_keras_own(keras: Any, name: str) -> None:  # noqa: ANN401
    theirs = getattr(keras.optimizers, name)().get_config()
    ours = PARSER.validate_python(name).build(keras).get_config()
    assert {**ours, "name": None} == {**theirs, "name": None}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adam", {"Adam": {"learning_rate": 0.001}}),
        (adam(learning_rate=1), adam(learning_rate=1.0)),
        (adam(weight_decay=0), adam(weight_decay=None)),
        (
            adam(learning_rate=COSINE),
            adam(learning_rate={"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": None}}),
        ),
    ],
    ids=repr,
)
def test_two_ways_to_write_an_optimizer_have_one_dump(one: object, other: object) -> None:
    dumps = [PARSER.dump_json(PARSER.validate_python(spec)) for spec in (one, other)]
    assert dumps[0] == dumps[1]
    assert PARSER.validate_json(dumps[0]) == PARSER.validate_python(one)


@pytest.mark.parametrize(
    ("wrong", "loc", "kind"),
    [
        (adam(learning_rate=0), ("Adam", "learning_rate"), "greater_than"),
        (adam(learning_rate=float("inf")), ("Adam", "learning_rate"), "less_than_equal"),
        (adam(learning_rate=float("nan")), ("Adam", "learning_rate"), "greater_than"),
        (adam(learning_rate=10**400), ("Adam", "learning_rate"), "less_than_equal"),
        (adam(learning_rate="0.1"), ("Adam", "learning_rate"), "kind_unknown"),
        (adam(learning_rate=True), ("Adam", "learning_rate"), "kind_form"),
        (adam(learning_rate={"Cosine": {}}), ("Adam", "learning_rate"), "kind_unknown"),
        (adam(learning_rate="CosineDecay"), ("Adam", "learning_rate", *NO_RATE), "field_missing"),
        (adam(clipnorm=1, clipvalue=1), ("Adam",), "clips"),
        (adam(beta_1=1), ("Adam", "beta_1"), "less_than"),
        (
            adam(learning_rate={"PiecewiseConstantDecay": {"boundaries": [10, 5], "values": [1, 2, 3]}}),
            ("Adam", "learning_rate", "PiecewiseConstantDecay"),
            "piecewise",
        ),
        (
            adam(learning_rate={"PiecewiseConstantDecay": {"boundaries": [10], "values": [1]}}),
            ("Adam", "learning_rate", "PiecewiseConstantDecay"),
            "piecewise",
        ),
    ],
    ids=repr,
)  # fmt: skip
def test_a_mistake_in_an_optimizer_is_reported_at_its_place(wrong: object, loc: tuple[str, ...], kind: str) -> None:
    with pytest.raises(ValidationError) as caught:
        recipe(optimizer=wrong)
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [(("optimizer", *loc), kind)]


def test_only_a_schedule_over_the_whole_training_depends_on_the_epochs() -> None:
    assert recipe(optimizer=adam(learning_rate=COSINE)).depends_on_epochs
    fixed = {"CosineDecay": {"initial_learning_rate": 0.1, "decay_steps": 1000}}
    assert not recipe(optimizer=adam(learning_rate=fixed)).depends_on_epochs
    pieces = {"PiecewiseConstantDecay": {"boundaries": [10], "values": [0.1, 0.01]}}
    assert not recipe(optimizer=adam(learning_rate=pieces)).depends_on_epochs
    assert not recipe().depends_on_epochs


@pytest.mark.training
@pytest.mark.parametrize("warmup_steps", [0, 40])
def test_an_open_schedule_ends_with_the_training(keras: Any, warmup_steps: int) -> None:  # noqa: ANN401
    schedule = {"initial_learning_rate": 0.0, "warmup_target": 0.1, "warmup_steps": warmup_steps, "alpha": 0.5}
    optimizer = PARSER.validate_python({"SGD": {"learning_rate": {"CosineDecay": schedule}}})
    built = optimizer.build(keras, total_steps=100)._learning_rate
    assert float(built(99)) > float(built(100)) == pytest.approx(0.05)
    assert float(built(100)) == float(built(500))


@pytest.mark.training
def test_an_open_schedule_cannot_be_built_without_the_training_s_length(keras: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="CosineDecay spans the whole training"):
        PARSER.validate_python(adam(learning_rate=COSINE)).build(keras)


@pytest.mark.training
def test_a_closed_schedule_is_built_as_keras_has_it(keras: Any) -> None:  # noqa: ANN401
    spec = {"PiecewiseConstantDecay": {"boundaries": [10, 20], "values": [0.1, 0.01, 0.001]}}
    rate = PARSER.validate_python(adam(learning_rate=spec)).build(keras)._learning_rate
    assert [round(float(rate(step)), 6) for step in (0, 10, 11, 20, 21)] == [0.1, 0.1, 0.01, 0.01, 0.001]


@pytest.mark.parametrize(
    ("batch_size", "validation_split", "trained_on", "steps"),
    [(64, 0.0, 60_000, 938), (128, 0.1, 54_000, 422), (60_000, 0.0, 60_000, 1), (70_000, 0.5, 30_000, 1)],
)
def test_steps_cover_what_the_validation_split_leaves(
    batch_size: int, validation_split: float, trained_on: int, steps: int
) -> None:
    known = recipe(batch_size=batch_size, validation_split=validation_split)
    assert known.training_examples(60_000) == trained_on
    assert known.steps_in_epoch(60_000) == steps


@pytest.mark.parametrize(
    "wrong",
    [{"batch_size": 0}, {"batch_size": 64.0}, {"epochs": "5"}, {"validation_split": 1}, {"shuffled": True}],
    ids=repr,
)  # fmt: skip
def test_a_recipe_refuses_what_is_out_of_range_or_of_another_type(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        recipe(**wrong)
    assert [error["loc"] for error in caught.value.errors()] == [tuple(wrong)]
