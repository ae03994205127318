"""What is recorded of one architecture, from its own records alone; trains, prints and downloads nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.analysis.findings import Findings
from harness.analysis.images import Labels
from harness.analysis.metric_facts import measured_facts
from harness.analysis.runs import make_study
from harness.app.inputs import cached
from harness.app.record_index import this_environment
from harness.app.workspace import Workspace
from harness.data.dataset import Dataset
from harness.data.fetching import ignore
from harness.errors import DataMissing
from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.records.content import record_files
from harness.records.pooling import choose_environment
from harness.records.record import Record
from harness.spec.architecture import Architecture


def recorded_facts(workspace: Workspace, architecture: Architecture) -> dict[str, Any]:
    """Return the metrics by column and the accuracy of each class, of the environment that a report would be about.

    Raises:
        InvalidSpec: The folder's design is broken.
    """
    records, settings, design = _records(workspace, architecture), Settings(), workspace.design
    here = this_environment().id if records else None
    chosen = choose_environment(records, here=here, design=design)
    study = make_study([architecture], records, settings, chosen, workspace.store.predicted)
    labels = _labels(architecture.data) if records else {}
    findings = Findings(replace(study, design=design), labels, records)
    return measured_facts(findings, findings.study.compared[0])


def _records(workspace: Workspace, architecture: Architecture) -> tuple[Record, ...]:
    fingerprint = trial_computation(architecture, Settings()).fingerprint
    files = (file for file in record_files(workspace.folder / "records") if file.fingerprint == fingerprint)
    trials = dict.fromkeys((file.environment, file.trial) for file in files)
    return tuple(record for trial in trials for record in workspace.store.of_trial(*trial))


def _labels(dataset: Dataset) -> Labels:
    try:
        return {dataset.name: cached(dataset, ignore).test_labels}
    except DataMissing:
        return {}
