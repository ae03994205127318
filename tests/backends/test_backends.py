"""What every backend must do for trials to be trained with it: each one that is there, and the tests' own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_backend import NAME, FakeBackend, install

from harness.data.declarations import find_dataset
from harness.data.pipeline import fit
from harness.errors import UnknownBackend
from harness.evaluations.evaluation import Examples
from harness.planning.trial import Computation
from harness.records.weights import weights_digest
from harness.spec.cost import cost
from harness.worker.backend import Backend, Network, backend_names, find_backend
from harness.worker.examples import epoch_order

pytest_plugins = ["fake_training"]
BACKENDS = [NAME, *backend_names()]
TRAINING = [NAME, *(pytest.param(name, marks=pytest.mark.training) for name in backend_names())]
EXAMPLES, TESTED = 70, 30
MNIST = find_dataset("mnist")


RECIPE = {"optimizer": "Adam", "loss": "categorical_crossentropy", "batch_size": 32}


def computation(units: int = 10, *epochs: int) -> Computation:
    """Return a computation with earlier phases of so many epochs."""
    return Computation.model_validate(
        {
            "dataset": "mnist",
            "layers": [
                {"Conv2D": {"filters": 2, "kernel_size": 3, "activation": "relu"}},
                "BatchNormalization",
                {"Dropout": {"rate": 0.25}},
                "Flatten",
                {"Dense": {"units": units, "activation": "softmax"}},
            ],
            "earlier": [{**RECIPE, "epochs": number} for number in epochs],
            "recipe": RECIPE,
        }
    )


@pytest.fixture(scope="module", params=TRAINING)
def backend(request: pytest.FixtureRequest) -> Iterator[Backend[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        install(FakeBackend(), patch)
        yield find_backend(request.param).load()


def network(backend: Backend[Any], seed: int = 0, *epochs: int) -> Network[Any]:
    """Return a network ready for its first epoch."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (EXAMPLES, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, EXAMPLES, dtype=np.uint8)
    training = backend.hold(Examples(images, labels), fit(MNIST, images))
    tests = {"some": backend.hold(Examples(images[:TESTED], labels[:TESTED]), fit(MNIST, images)), "all": training}
    built = backend.build(computation(10, *epochs), seed)
    before = weights_digest(built.weights())
    built.compile(training, tests)
    assert weights_digest(built.weights()) == before, "compiling changes no weight"
    return built


@pytest.fixture(scope="module")
def fresh(backend: Backend[Any]) -> Callable[[], Network[Any]]:
    """Return a function that returns a network before its first epoch: the same one every time, compiled once."""
    compiled = network(backend)
    start = [array.copy() for array in compiled.state()]

    def restored() -> Network[Any]:
        compiled.restore(start)
        return compiled

    return restored


def train(trained: Network[Any], *epochs: int) -> str:
    for epoch in epochs:
        trained.train_epoch(epoch_order(0, epoch, EXAMPLES))
    return weights_digest(trained.weights())


def test_parameters_are_those_of_the_layers(backend: Backend[Any]) -> None:
    built, costs = backend.build(computation(), 0), cost(computation())
    assert (built.parameters, built.trainable_parameters) == (costs.parameters, costs.trainable_parameters)


def test_the_seed_decides_the_weights_whatever_was_built_before(backend: Backend[Any]) -> None:
    first, other, again = (weights_digest(backend.build(computation(), seed).weights()) for seed in (1, 2, 1))
    assert first == again != other


def test_the_order_decides_the_bits(backend: Backend[Any], fresh: Callable[[], Network[Any]]) -> None:
    first, again, other = train(fresh(), 1), train(network(backend), 1), train(fresh(), 2)
    assert first == again != other


def test_an_epoch_returns_its_running_means(fresh: Callable[[], Network[Any]]) -> None:
    means = fresh().train_epoch(epoch_order(0, 1, EXAMPLES))
    assert list(means) == ["loss", "accuracy"]
    assert 0 <= means["accuracy"] <= 1


def test_scoring_changes_nothing(fresh: Callable[[], Network[Any]]) -> None:
    plain = train(fresh(), 1, 2)
    scored = fresh()
    train(scored, 1)
    found = [scored.score(name).scores for name in ("some", "all", "some")]
    assert [scores.shape for scores in found] == [(TESTED, 10), (EXAMPLES, 10), (TESTED, 10)]
    assert {scores.dtype.name for scores in found} == {"float32"}
    assert np.array_equal(found[0], found[2])
    assert train(scored, 2) == plain


def test_responses_end_with_the_scores_and_change_nothing(fresh: Callable[[], Network[Any]]) -> None:
    plain = train(fresh(), 1, 2)
    looked = fresh()
    train(looked, 1)
    *_, last = looked.responses("some")
    assert last == pytest.approx(looked.score("some").scores, abs=1e-5)
    assert train(looked, 2) == plain


def test_a_network_with_anothers_state_goes_on_as_the_other(
    backend: Backend[Any], fresh: Callable[[], Network[Any]]
) -> None:
    first = fresh()
    train(first, 1)
    state = [array.copy() for array in first.state()]
    second = network(backend, seed=5)
    second.restore(state)
    assert train(second, 2, 3) == train(first, 2, 3)


def test_a_network_with_anothers_weights_scores_as_the_other(fresh: Callable[[], Network[Any]]) -> None:
    trained = fresh()
    digest = train(trained, 1)
    weights, scores = [array.copy() for array in trained.weights()], trained.score("all")
    other = fresh()
    other.set_weights(weights)
    assert weights_digest(other.weights()) == digest
    again = other.score("all")
    assert (np.array_equal(again.scores, scores.scores), again.loss) == (True, scores.loss)


def test_weights_of_another_network_are_refused(fresh: Callable[[], Network[Any]]) -> None:
    known = fresh()
    with pytest.raises(ValueError, match=r"\d"):
        known.set_weights([*known.weights(), known.weights()[0]])


@pytest.fixture(scope="module")
def of_two_phases(backend: Backend[Any]) -> Callable[[], Network[Any]]:
    """Return a function that returns a network of two phases before its first epoch, compiled once."""
    compiled = network(backend, 0, 1)
    starts = []
    for phase in (0, 1):
        compiled.begin_phase(phase)
        starts.append([array.copy() for array in compiled.state()])

    def restored() -> Network[Any]:
        for phase in (1, 0):
            compiled.begin_phase(phase)
            compiled.restore(starts[phase])
        return compiled

    return restored


def test_a_phase_begins_with_the_weights_of_the_one_before_and_an_optimizer_of_its_own(
    of_two_phases: Callable[[], Network[Any]],
) -> None:
    plain = of_two_phases()
    first, second = train(plain, 1), train(plain, 2)
    phased = of_two_phases()
    assert train(phased, 1) == first
    phased.begin_phase(1)
    assert weights_digest(phased.weights()) == first
    assert train(phased, 2) != second


def test_a_state_of_a_later_phase_goes_on_in_that_phase(
    backend: Backend[Any], of_two_phases: Callable[[], Network[Any]]
) -> None:
    first, second = of_two_phases(), network(backend, 5, 1)
    train(first, 1)
    first.begin_phase(1)
    train(first, 2)
    second.begin_phase(1)
    second.restore([array.copy() for array in first.state()])
    assert train(second, 3) == train(first, 3)


def test_a_state_that_does_not_fit_is_refused_and_the_right_one_can_still_be_restored(
    fresh: Callable[[], Network[Any]],
) -> None:
    untouched = train(fresh(), 1)
    trained = fresh()
    state = [array.copy() for array in trained.state()]
    for wrong in (state[:-1], [np.zeros(3), *state[1:]]):
        with pytest.raises(ValueError):  # noqa: PT011 - each backend has words of its own
            trained.restore(wrong)
    trained.restore(state)
    assert train(trained, 1) == untouched


@pytest.mark.parametrize("name", BACKENDS)
def test_variables_are_text(name: str, fake_backend: FakeBackend, tmp_path: Path) -> None:
    del fake_backend
    variables = find_backend(name).variables(tmp_path)
    assert all(isinstance(text, str) for pair in variables.items() for text in pair)


def test_an_unknown_backend_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownBackend, match=r"no backend 'torch'; available: .*\btensorflow") as refused:
        find_backend("torch")
    assert all(name in str(refused.value) for name in backend_names())


def test_finding_backends_and_the_trials_process_import_no_framework() -> None:
    modules = ["harness.worker.process", "harness.execute.engines.local"]
    modules += [f"harness.backends.{name}" for name in BACKENDS[1:]]
    program = f"import sys, {', '.join(modules)}; sys.exit(bool({{'tensorflow', 'keras'}} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
