"""A trained network used in a process of its own: it scores images, or is saved and checked; trains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.arrays import Values
from harness.data.cache import DatasetArrays
from harness.data.fetching import load
from harness.data.pipeline import fit
from harness.planning.trial import Trial
from harness.worker.backend import Array, find_backend
from harness.worker.examples import trial_examples
from harness.worker.process import send_output_to

FIRST_IMAGES = 1000


@dataclass(frozen=True, eq=False)
class ModelJob:
    """A trial's weights after its last epoch, and what is to be done with them.

    Args:
        images: What to score, shape (n, ...), as the data set has them; None: the first test examples.
        target: Where the model is saved, and read back for the scores; None: nowhere.
    """

    trial: Trial
    weights: tuple[Array, ...]
    cache: Path
    log: Path
    images: Values | None = None
    target: Path | None = None


def use_model(job: ModelJob) -> Array:
    """Do it, and return the scores, float32, shape (n, classes)."""
    send_output_to(job.log)
    computation = job.trial.computation
    backend = find_backend(computation.backend).load()
    backend.configure(1, deterministic=True)
    arrays = load(computation.data, job.cache)
    model = backend.model(computation, job.weights)
    inputs = _inputs(job, arrays)
    if job.target is None:
        return model.scores(inputs)
    model.save(job.target)
    return model.saved_scores(job.target, inputs)


def _inputs(job: ModelJob, arrays: DatasetArrays) -> Array:
    """Return the images as the network takes them; what is fitted, is fitted to what the trial was trained on."""
    training, test = trial_examples(job.trial, arrays)
    images = test.first(FIRST_IMAGES).images if job.images is None else job.images
    return fit(arrays.dataset, training.images).applied(images)
