"""The page in the repository is what the records in the repository give."""

from __future__ import annotations

from pathlib import Path

import pytest

import harness
from harness.analysis.reading import cached_datasets
from harness.report.writing import differing, report_files
from harness.spec.reading import select

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results"


@pytest.mark.skipif(not list(RESULTS.glob("records/*/*.json")), reason="no results are committed")
def test_the_committed_page_and_figures_are_what_the_records_give() -> None:
    chosen = select((), ROOT / "architectures")
    datasets = cached_datasets(chosen)
    if not datasets:
        pytest.skip("the test images are not in the cache: 'bench data fetch' brings them")
    # The environment that 'bench report' takes: this machine's where it has records. An unreadable one is a warning,
    # and so an error here.
    findings = harness.findings(RESULTS, ROOT / "architectures")
    files = report_files(findings, {dataset.name: dataset.test_images for dataset in datasets})
    assert differing(RESULTS, files) == ()
