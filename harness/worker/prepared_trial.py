"""A trial that is ready for its next epoch, and what an epoch is: training, then what is evaluated after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.evaluations.evaluation import Response
from harness.evaluations.metric import TRAIN
from harness.planning.trial import Computation, Trial, phase_at
from harness.records.predictions import digest
from harness.records.record import LEAST_SECONDS, EpochMeasurement
from harness.records.weights import weights_digest
from harness.spec.receptive import layer_steps
from harness.worker.backend import Array, Network
from harness.worker.clocks import stopwatch
from harness.worker.evaluating import Evaluator, Inside, check_finite, evaluate
from harness.worker.examples import trial_order
from harness.worker.messages import EpochDone, KeptWeights


def measured(done: Sequence[EpochDone]) -> list[EpochMeasurement]:
    """Return the epochs' numbers."""
    return [one.measurement for one in done]


@dataclass(frozen=True, eq=False)
class PreparedTrial:
    """A trial that is ready for its next epoch.

    ``examples`` are how many there are to train on. ``counted_state`` is the state after the epoch whose weights count,
    where the recipe chooses one.
    """

    network: Network[Any]
    trial: Trial
    examples: int
    evaluators: Mapping[str, Evaluator]
    counted_state: list[Array] = field(default_factory=list)

    @property
    def inside(self) -> Inside:
        """What evaluations see of the network beside its scores."""
        return SeenInside(self.network, self.trial.computation)

    def is_over(self, done: Sequence[EpochDone]) -> bool:
        """Tell whether all epochs are done: those that are asked for, or those that the recipe lets there be."""
        return len(done) >= self.trial.epochs or self.trial.computation.stops_after(measured(done))

    def next_epoch(self, done: list[EpochDone]) -> tuple[EpochDone, ...]:
        """Add the next epoch to those that are done, and return it and, after it, what was evaluated further of others.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        epoch, chooses = len(done) + 1, self.trial.computation.chooses_weights
        names = self.trial.evaluations_of_all if chooses else self.trial.evaluations_after(epoch)
        starts = self.trial.computation.starts(measured(done))
        if epoch in starts:
            self._begin_phase(done, phase_at(epoch, starts)[0])
        done.append(self.run_epoch(epoch, names, starts))
        further = self._evaluate_counted(done) if chooses else ()
        self._lower_rate(done)
        return (done[epoch - 1], *further)

    def _begin_phase(self, done: Sequence[EpochDone], phase: int) -> None:
        """Go on to a phase, with the weights that count in the one before."""
        if self.trial.computation.counted(measured(done)) < len(done):
            self.network.restore(self.counted_state)
        self.network.begin_phase(phase)

    def fits(self, kept: KeptWeights) -> bool:
        """Tell whether the network takes the weights, and they are those that the epochs have the digests of.

        Bytes have the same digest in whatever shape they are. The network is as it was before.
        """
        fresh = [array.copy() for array in self.network.state()]
        try:
            for epoch, weights in kept.weights.items():
                self.network.set_weights(weights)
                if weights_digest(self.network.weights()) != kept.epochs[epoch - 1].weights_sha256:
                    return False
        except ValueError:
            return False
        finally:
            self.network.restore(fresh)
        return True

    def evaluated(
        self, epochs: Sequence[EpochMeasurement], epoch: EpochMeasurement, weights: Sequence[Array]
    ) -> EpochDone:
        """Return one of the recorded epochs with what is due evaluated of the weights after it.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        computation = self.trial.computation
        self.network.begin_phase(phase_at(epoch.epoch, computation.starts(epochs))[0])
        self.network.set_weights(weights)
        due = [one.evaluation for one in self.trial.due if computation.counted(epochs[: one.epoch]) == epoch.epoch]
        evaluators = {name: self.evaluators[name] for name in due if name not in epoch.evaluations}
        evaluations, predictions = evaluate(epoch.epoch, evaluators, self.network.score, self.inside)
        return EpochDone(epoch.model_copy(update={"evaluations": {**epoch.evaluations, **evaluations}}), predictions)

    def counted_weights(self) -> tuple[Array, ...]:
        """Return the weights that count, after the last epoch; the network has them from then on."""
        if self.counted_state:
            self.network.restore(self.counted_state)
        return tuple(self.network.weights())

    def _evaluate_counted(self, done: list[EpochDone]) -> tuple[EpochDone, ...]:
        """Evaluate what is due now with the weights that count now; return their epoch where it is an earlier one."""
        epoch, counted = len(done), self.trial.computation.counted(measured(done))
        if counted == epoch:
            self.counted_state[:] = [array.copy() for array in self.network.state()]
        over, known = self.is_over(done), done[counted - 1]
        asked = {due.evaluation for due in self.trial.due if due.epoch == epoch or (over and due.epoch > epoch)}
        names = sorted(asked - known.measurement.evaluations.keys())
        if not names:
            return ()
        now = [array.copy() for array in self.network.state()]
        if counted < epoch:
            self.network.restore(self.counted_state)
        evaluators = {name: self.evaluators[name] for name in names}
        evaluations, predictions = evaluate(counted, evaluators, self.network.score, self.inside)
        if counted < epoch:
            self.network.restore(now)
        all_of_them = {"evaluations": {**known.measurement.evaluations, **evaluations}}
        longer = known.measurement.model_copy(update=all_of_them)
        done[counted - 1] = EpochDone(longer, {**known.predictions, **predictions})
        return (done[counted - 1],) if counted < epoch else ()

    def _lower_rate(self, done: Sequence[EpochDone]) -> None:
        """Lower the learning rate where the recipe of the phase says so."""
        computation = self.trial.computation
        phase, first = phase_at(len(done), computation.starts(measured(done)))
        plateau = computation.recipes[phase].reduce_on_plateau
        if plateau and plateau.reduces(measured(done)[first - 1 :]):
            self.network.reduce_learning_rate(plateau.factor, plateau.min_lr)

    def run_epoch(self, epoch: int, names: Iterable[str], starts: Sequence[int]) -> EpochDone:
        """Train one epoch and do the evaluations of these names, each on its own clock.

        Raises:
            NotANumber: A loss or a metric is not finite.
        """
        order = trial_order(self.trial.computation, self.trial.seed, epoch, self.examples, starts)
        with stopwatch() as train_clock:
            means = dict(self.network.train_epoch(order))
        check_finite(epoch, TRAIN, means)
        due = {name: self.evaluators[name] for name in names}
        evaluations, predictions = evaluate(epoch, due, self.network.score, self.inside)
        measurement = EpochMeasurement(
            epoch=epoch,
            train_metrics=means,
            train_seconds=max(train_clock.seconds, LEAST_SECONDS),  # a coarse clock may not have moved
            train_cpu_seconds=train_clock.cpu_seconds,
            order_sha256=digest(order),
            weights_sha256=weights_digest(self.network.weights()),
            evaluations=evaluations,
        )
        return EpochDone(measurement, predictions)


@dataclass(frozen=True)
class SeenInside:
    """A network's weights, and each layer's responses with the distance in pixels at which its values stand."""

    network: Network[Any]
    computation: Computation

    def weights(self) -> Sequence[Array]:
        """Return all of the weights."""
        return self.network.weights()

    def responses(self, evaluation: str) -> Iterator[Response]:
        """Yield those of each layer, as `bench show` counts them."""
        steps = layer_steps(self.computation.layers, self.computation.data.inputs)
        for values, step in zip(self.network.responses(evaluation), steps, strict=True):
            yield Response(values, step)
