"""The page in the repository is what the records in the repository give."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.findings import cached, read_arrays
from harness.app.progress import SILENT
from harness.app.report import ReportOptions, report
from harness.spec.reading import select

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results"


@pytest.mark.skipif(not list(RESULTS.glob("records/*/*.json")), reason="no results are committed")
def test_the_committed_page_and_figures_are_what_the_records_give() -> None:
    datasets = {architecture.dataset: architecture.data for architecture in select((), ROOT / "architectures")}
    if not read_arrays(datasets.values(), cached, SILENT):
        pytest.skip("the test images are not in the cache: 'bench data fetch' fetches them")
    # The environment that 'bench report' takes: this machine's where it has records. An unreadable one is a warning,
    # and so an error here.
    options = ReportOptions(results=RESULTS, architectures=ROOT / "architectures", check=True)
    assert report(options, fetch=cached).changed == ()
