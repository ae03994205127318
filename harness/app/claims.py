"""The verdicts on the claims that are asked for, from the records; prints nothing."""

from __future__ import annotations

from dataclasses import dataclass

from harness.analysis.findings import Findings
from harness.analysis.verdicts import Verdict
from harness.app.inputs import read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.training.benchmark import selected
from harness.app.training.sentences import misfit_sentences
from harness.app.workspace import RecordsOptions
from harness.spec.folder import select_files


@dataclass(frozen=True, kw_only=True)
class ClaimsOptions(RecordsOptions):
    """Whose claims to judge: names and globs, none for all."""

    names: tuple[str, ...] = ()


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
