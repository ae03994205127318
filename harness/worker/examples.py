"""Which examples a trial trains on, in which order, and what it is scored on; trains nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from harness.data.cache import DatasetArrays
from harness.data.pipeline import Pipeline
from harness.data.splitting import parts
from harness.evaluations.evaluation import Examples
from harness.evaluations.metric import TEST, VALIDATION
from harness.planning.trial import Computation, Trial, phase_at
from harness.spec.training.folds import fold_of
from harness.worker.evaluating import Evaluator, make_evaluators


def trial_examples(trial: Trial, arrays: DatasetArrays) -> tuple[Examples, Examples]:
    """Return what each epoch trains on, and what is scored after it."""
    test = Examples(arrays.test_images, arrays.test_labels).first(trial.computation.test_examples)
    return _chosen(arrays, trial, held_out=False), test


def validation_examples(trial: Trial, arrays: DatasetArrays) -> Examples | None:
    """Return the examples that the recipe holds out; None where it holds out none."""
    found = _chosen(arrays, trial, held_out=True)
    return found if len(found.labels) else None


def _chosen(arrays: DatasetArrays, trial: Trial, *, held_out: bool) -> Examples:
    """Return the examples to train on, or those that are held out.

    As in Keras, ``validation_split`` holds out the last ones. Of folds, the seed says which one is left out.
    """
    computation, recipe = trial.computation, trial.computation.recipe
    examples = Examples(arrays.train_images, arrays.train_labels).first(computation.train_examples)
    if recipe.folds is not None:
        fold = fold_of(trial.seed, recipe.folds)
        chosen = (parts(examples.labels, recipe.folds, fold.partition) == fold.number) == held_out
        return Examples(examples.images[chosen], examples.labels[chosen])
    used = recipe.training_examples(len(examples.labels))
    return Examples(examples.images[used:], examples.labels[used:]) if held_out else examples.first(used)


def trial_evaluators(trial: Trial, training: Examples, test: Examples, pipeline: Pipeline) -> dict[str, Evaluator]:
    """Return the trial's evaluations by name; those beside the test images' own see examples in the inputs' shape."""
    first = make_evaluators([TEST], training, test)
    names = [name for name in trial.evaluations_asked_for if name != VALIDATION]
    if not names:
        return first
    shaped = (Examples(pipeline.shaped(examples.images), examples.labels) for examples in (training, test))
    return {**first, **make_evaluators(names, *shaped)}


def epoch_order(seed: int, epoch: int, examples: int) -> npt.NDArray[np.int32]:
    """Return a permutation of the examples' indices, shape (examples,); the first epoch is 1.

    The harness's own: Keras' shuffle depends on its version, and in some not on the seed.
    """
    return np.random.default_rng((seed, epoch)).permutation(examples).astype(np.int32)


def trial_order(
    computation: Computation, seed: int, epoch: int, examples: int, starts: Sequence[int] = ()
) -> npt.NDArray[np.int32]:
    """Return the indices of the examples in the order in which an epoch trains on them.

    Where the recipe says how many steps an epoch has, a phase goes through the examples again and again, each time in
    another order unless they are not shuffled, and an epoch goes on where the one before ended. ``starts`` are the
    first epochs of the phases, where one of them has stopped.
    """
    phase, first = phase_at(epoch, starts or computation.phase_starts)
    recipe = computation.recipes[phase]

    def order(time: int) -> npt.NDArray[np.int32]:
        return epoch_order(seed, time, examples) if recipe.shuffle else np.arange(examples, dtype=np.int32)

    if recipe.steps_per_epoch is None:
        return order(epoch)
    wanted = recipe.steps_per_epoch * recipe.batch_size
    start = (epoch - first) * wanted
    times = range(start // examples, -(-(start + wanted) // examples))
    endless = np.concatenate([order(first + time) for time in times])
    return endless[start - times[0] * examples :][:wanted]
