"""What the records say: the page and its figures, the claims' verdicts, two architectures in depth; prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.analysis.comparison import Comparison, number_of_tests
from harness.analysis.comparison import compare as compare_results
from harness.analysis.findings import Findings
from harness.analysis.images import DisputedImage, ImageErrors, disputed_images
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.app.benchmark import selected
from harness.app.design import choose_seeds
from harness.app.findings import Fetch, Inputs, cached, read_inputs
from harness.app.other_data import read_others
from harness.app.plan import misfit_sentences
from harness.app.progress import SILENT, Progress
from harness.app.workspace import Workspace
from harness.data import fetching
from harness.errors import Exclusive, NothingFits, NotResults
from harness.records.content import record_files
from harness.spec.folder import only_file, select_files

if TYPE_CHECKING:
    import pandas as pd

SHOWN_IMAGES = 12


@dataclass(frozen=True, kw_only=True)
class ReportOptions(Workspace):
    """What to report on.

    Args:
        environment: An id, its unique beginning, or ``here``; None: the one with most records of preset seeds.
        check: Write nothing, but find the files that are not what the records give.
        seeds: The seeds that ranks, and verdicts without seeds of their own, use from now on; None: as declared.
    """

    environment: str | None = None
    check: bool = False
    seeds: tuple[int, ...] | None = None


@dataclass(frozen=True, repr=False)
class ReportResult:
    """What the page is about, and the files that were written or removed, or that a check found to differ."""

    findings: Findings
    changed: tuple[Path, ...]
    checked: bool = False

    def joined(self, *others: ReportResult) -> ReportResult:
        """Return the result with the files of others, which are about other data."""
        return replace(self, changed=(*self.changed, *(path for other in others for path in other.changed)))

    @property
    def sentence(self) -> str:
        """What became of the files."""
        if not self.changed:
            return "the report is what the records give"
        return f"{', '.join(map(str, self.changed))}: {'not what the records give' if self.checked else 'updated'}"

    @property
    def summary(self) -> pd.DataFrame:
        """The headline's numbers, unrounded: one row per architecture, best first."""
        from harness.analysis.frame import summary_frame

        return summary_frame(self.findings)

    def __repr__(self) -> str:
        """Return the sentence and the summary in short."""
        return f"{self.sentence}\n\n{short_summary(self.findings).to_string(index=False)}"

    def _repr_html_(self) -> str:
        """Return the same as notebooks show it."""
        return f"<p>{self.sentence}</p>{short_summary(self.findings).to_html(index=False)}"


def short_summary(findings: Findings) -> pd.DataFrame:
    """Return the columns of the summary that people look at first, of what was trained."""
    from harness.analysis.frame import summary_frame

    summary, headline = summary_frame(findings), findings.study.headline.column
    trained = summary[summary["seeds"] + summary["failed"] > 0]
    return trained[["architecture", "seeds", "failed", "train_seconds_median", f"{headline}_mean", f"{headline}_sd"]]


def report(options: ReportOptions, *, progress: Progress = SILENT, fetch: Fetch = fetching.fetch) -> ReportResult:
    """Write the page and its figures from the records, or check them.

    Raises:
        BenchError: No spec is valid, the environment has no record, there is no such folder or it is somebody else's,
            or a file can't be written.
    """
    if options.seeds and (options.check or options.smoke):
        raise Exclusive("--check" if options.check else "--smoke", "--seeds")
    inputs = read_inputs(options, progress, fetch)
    if not options.check:
        check_there(options.folder)
    inputs = choose_seeds(inputs, options.seeds) if options.seeds else inputs
    if options.dataset is not None:
        return with_main_page(report_on(inputs, options), options, progress)
    others = read_others(options, progress, fetch)
    own = report_on(inputs, options, others)
    return own.joined(*_other_pages(others, options, progress))


def with_main_page(done: ReportResult, options: ReportOptions, progress: Progress) -> ReportResult:
    """Write or check the page above that of a data set too, which lays the data sets beside each other.

    There is one where there are records on the data that specs name, or on two other data sets.
    """
    main = replace(options, dataset=None, environment=None, seeds=None)
    others = read_others(main, progress, None)
    recorded = any(record_files(main.store.folder))
    if options.smoke or not (recorded or len(others) > 1):
        return done
    inputs = read_inputs(main, progress, cached if recorded else None)
    if recorded and not inputs.arrays:
        progress.say(_left(main))
        return done
    return done.joined(report_on(inputs, main, others))


def _other_pages(others: Iterable[Inputs], options: ReportOptions, progress: Progress) -> Iterator[ReportResult]:
    """Write or check the pages of the data sets whose images are at hand; the others would lack what they have."""
    for inputs in others:
        there = replace(options, dataset=inputs.workspace.dataset, environment=None, seeds=None)
        if inputs.arrays:
            yield report_on(inputs, there)
        else:
            progress.say(_left(there))


def _left(workspace: Workspace) -> str:
    return f"{workspace.folder}/README.md is left as it is: it needs the data, which 'bench data fetch' fetches"


def check_there(folder: Path) -> None:
    """Refuse a folder that is not there, as where its name is mistyped, or that is not one of results.

    Raises:
        NotResults: Nothing is written.
    """
    from harness.reporting.ownership import check_own

    if not folder.is_dir():
        raise NotResults(folder, "there is no such folder")
    check_own(folder)


def report_on(inputs: Inputs, options: ReportOptions, others: Iterable[Inputs] = ()) -> ReportResult:
    """Write or check one page and its figures, with what has been read already; ``others`` are on other data."""
    from harness.data.pictures import pictures
    from harness.reporting.figures.kept import kept_drawing
    from harness.reporting.writing import differing, report_files, write_report

    beside = tuple(other.findings() for other in others)
    findings = replace(inputs.findings(options.environment), other_data=beside)
    images = {arrays.dataset.name: shown for arrays in inputs.arrays if (shown := pictures(arrays)) is not None}
    files = report_files(findings, images, kept_drawing)
    change = differing if options.check else write_report
    return ReportResult(findings, change(options.folder, files), options.check)


def summary_csv(options: ReportOptions, *, progress: Progress = SILENT, fetch: Fetch = fetching.fetch) -> str:
    """Return the summary as CSV, unrounded: one row per architecture; write nothing."""
    from harness.analysis.frame import summary_frame

    findings = read_inputs(options, progress, fetch).findings(options.environment)
    return summary_frame(findings).to_csv(index=False, lineterminator="\n")


@dataclass(frozen=True, kw_only=True)
class ClaimsOptions(Workspace):
    """Whose claims to judge: names and globs, none for all; in which environment, as for a report."""

    names: tuple[str, ...] = ()
    environment: str | None = None


@dataclass(frozen=True)
class ClaimsResult:
    """All that was judged, and the verdicts on the claims that were asked for."""

    findings: Findings
    verdicts: tuple[Verdict, ...]


def claims(options: ClaimsOptions, *, progress: Progress = SILENT) -> ClaimsResult:
    """Judge the claims; the correction for their number covers the whole folder, whatever is asked for.

    No verdict needs a test label or image, so that a machine without the data can judge too.

    Raises:
        BenchError: A name means no spec, a spec that was named is invalid, none that was named can be trained on the
            data set, or the environment has no record.
    """
    chosen = select_files(options.names, options.specs)
    if options.names:
        for sentence in misfit_sentences(selected(options, options.names)[1]):
            progress.say(sentence)
    inputs = read_inputs(options, progress, None, needed=chosen if options.names else ())
    findings = inputs.findings(options.environment)
    shown = {path.stem for path in chosen}
    judged = (*findings.judgement.verdicts, *findings.judgement.apart)
    verdicts = tuple(verdict for verdict in judged if verdict.architecture in shown)
    return ClaimsResult(findings, verdicts)


@dataclass(frozen=True, kw_only=True)
class CompareOptions(Workspace):
    """Which two architectures, each by a name or a glob that means one; in which environment, as for a report."""

    first: str
    second: str
    environment: str | None = None


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
