"""What the records say: the page and its figures, the claims' verdicts, two architectures in depth; prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.analysis.findings import Findings
from harness.app.inputs import Fetch, Inputs, SoundSpecs, cached, read_inputs, read_others
from harness.app.progress import SILENT, Progress
from harness.app.training.study_seeds import choose_seeds
from harness.app.workspace import RecordsOptions, Workspace, check_dataset
from harness.data import fetching
from harness.errors import Exclusive, NotResults
from harness.records.content import record_files

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class ReportOptions(RecordsOptions):
    """What to report on.

    Args:
        check: Write nothing, but find the files that are not what the records give.
        seeds: The seeds that ranks, and verdicts without seeds of their own, use from now on; None: as declared.
    """

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
    if not options.check:
        check_dataset(options)
        check_there(options.folder)
    inputs = read_inputs(options, progress, fetch)
    inputs = choose_seeds(inputs, options.seeds) if options.seeds else inputs
    if options.dataset is not None:
        own = report_on(inputs, environment=options.environment, check=options.check)
        return with_main_page(own, options, progress, inputs.specs)
    others = read_others(options, progress, fetch, inputs.specs)
    own = report_on(inputs, others, options.environment, check=options.check)
    return own.joined(*_other_pages(others, progress, check=options.check))


def with_main_page(
    done: ReportResult, workspace: Workspace, progress: Progress, specs: SoundSpecs | None = None
) -> ReportResult:
    """Write or check the page above that of a data set too, which lays the data sets beside each other.

    There is one where there are records on the data that specs name, or on two other data sets.
    """
    main = replace(workspace, dataset=None)
    others = read_others(main, progress, None, specs)
    recorded = any(record_files(main.store.folder))
    if workspace.smoke or not (recorded or len(others) > 1):
        return done
    inputs = read_inputs(main, progress, cached if recorded else None, specs=specs)
    if recorded and not inputs.arrays:
        progress.say(_left(main))
        return done
    return done.joined(report_on(inputs, others, check=done.checked))


def _other_pages(others: Iterable[Inputs], progress: Progress, *, check: bool) -> Iterator[ReportResult]:
    """Write or check the pages of the data sets whose images are at hand; the others would lack what they have."""
    for inputs in others:
        if inputs.arrays:
            yield report_on(inputs, check=check)
        else:
            progress.say(_left(inputs.workspace))


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


def report_on(
    inputs: Inputs, others: Iterable[Inputs] = (), environment: str | None = None, *, check: bool = False
) -> ReportResult:
    """Write or check one page and its figures, with what has been read already; ``others`` are on other data."""
    from harness.reporting.figures.drawing_cache import kept_drawing
    from harness.reporting.writing import differing, report_files, write_report

    beside = tuple(other.findings() for other in others)
    findings = replace(inputs.findings(environment), other_data=beside)
    files = report_files(findings, inputs.pictures, kept_drawing)
    change = differing if check else write_report
    return ReportResult(findings, change(inputs.workspace.folder, files), check)


def summary_csv(options: ReportOptions, *, progress: Progress = SILENT, fetch: Fetch = fetching.fetch) -> str:
    """Return the summary as CSV, unrounded: one row per architecture; write nothing."""
    from harness.analysis.frame import summary_frame

    findings = read_inputs(options, progress, fetch).findings(options.environment)
    return summary_frame(findings).to_csv(index=False, lineterminator="\n")
