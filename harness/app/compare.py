"""Two architectures in depth: their results, the difference, and the images that tell them apart; prints nothing."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.comparison import Comparison, number_of_tests
from harness.analysis.comparison import compare as compare_results
from harness.analysis.findings import Findings
from harness.analysis.images import DisputedImage, ImageErrors, disputed_images
from harness.analysis.runs import ArchitectureResults
from harness.app.inputs import Fetch, read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.training.benchmark import selected
from harness.app.workspace import RecordsOptions
from harness.data import fetching
from harness.errors import NothingFits
from harness.spec.folder import only_file

SHOWN_IMAGES = 12


@dataclass(frozen=True, kw_only=True)
class CompareOptions(RecordsOptions):
    """Which two architectures, each by a name or a glob that means one."""

    first: str
    second: str


@dataclass(frozen=True)
class CompareResult:
    """Two architectures' results, the difference between them, and the test images on which they differ most.

    ``comparison`` is of the two alone, ``among`` of the two as one of all pairs of the study.
    """

    findings: Findings
    first: ArchitectureResults
    second: ArchitectureResults
    comparison: Comparison
    among: Comparison
    images: tuple[DisputedImage, ...]


def compare(options: CompareOptions, *, progress: Progress = SILENT, fetch: Fetch = fetching.fetch) -> CompareResult:
    """Compare two architectures in depth.

    Raises:
        BenchError: A name means no spec or several, a spec is invalid or can't be trained on the data set, or the
            environment has no record.
    """
    files = tuple(only_file(name, options.specs) for name in (options.first, options.second))
    _, misfits = selected(options, (options.first, options.second))
    if misfits:
        raise NothingFits(str(options.dataset), misfits)
    findings = read_inputs(options, progress, fetch, needed=files).findings(options.environment)
    by_name = {entry.name: entry for entry in (*findings.study.compared_apart, *findings.study.compared)}
    first, second = (by_name[file.stem] for file in files)
    images = disputed_images(first, second, findings.labels, SHOWN_IMAGES)
    errors, names = ImageErrors(findings.labels), {first.name, second.name}
    rivals = next((group for group in findings.study.rivals if names <= {one.name for one in group}), ())
    alone, among = (
        compare_results(first, second, findings.study.headline, errors, tests)
        for tests in (1, max(1, number_of_tests(rivals)))
    )
    return CompareResult(findings, first, second, alone, among, images)
