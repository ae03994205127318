"""A short version of the simulation: every trial is recorded once, whichever of many nodes it was sent to."""

from __future__ import annotations

from pathlib import Path

from ray_scale import EPOCHS, simulate

from harness.records.store import Store


def test_one_run_looks_after_trials_on_many_nodes(tmp_path: Path) -> None:
    found = simulate(tmp_path, trials=36, nodes=20, state_bytes=100_000)
    records = Store(tmp_path).load().records
    assert found.trials == len(records) == len({record.name for record in records}) == 36
    assert {len(record.measurement.epochs) for record in records if record.measurement} == {EPOCHS}
    assert not list(tmp_path.glob(".checkpoints/*/*.npz"))
