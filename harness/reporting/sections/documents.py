"""What each document says, sentence by sentence, and what the records say of it; judges nothing."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts import Verdict
from harness.reporting import numbers
from harness.reporting.blocks import Block, Cells, Illustrations, Section, Table
from harness.reporting.markdown import escape
from harness.reporting.sections.alternatives import alternatives
from harness.reporting.verdicts import ARITHMETIC, ENOUGH_SEEDS, found, published, seeds
from harness.spec.claims import Claim
from harness.spec.claims.drops import ToleratesShift
from harness.spec.claims.metrics import NumberClaim

TITLE = "What the documents say, and what we found"
INTRODUCTION = (
    "Each row has a few words of a document, what was judged in their place, and what came of it. A verdict is about "
    "that: one network, one recipe, one data set and one way to measure, where the sentence may be about more. "
    "*Reproduced*: the runs here clearly agree. *Refuted*: they clearly do not. *Inconclusive*: they allow both. *Not "
    "tested*: no number here is about it, or none is recorded yet. *By arithmetic*: it follows from the spec, whatever "
    f"is trained. Results of fewer than {ENOUGH_SEEDS} seeds are thin evidence, and marked as few. Sentences that "
    "define a word or say how to use a library have no row."
)
READING = (
    "*The typical run* is where the median over the seeds lies, with 90 % confidence. A number *could be one run* if "
    "the chance that one more run is as far off, p, is not small. *P(A > B)* is how often a run of A has the higher "
    "value than one of B. Where p is *corrected for n claims*, the chance of even one false refutation among all of "
    "them is bounded; the 95 % intervals beside it are not corrected, so that one may leave 0 out where the verdict is "
    "inconclusive. *Seeds*: where two networks are compared, of the one with fewer."
)
EXACT = "its printed shapes and parameter counts"


def section(findings: Findings) -> Section | None:
    """Return a table for each document that claims were taken from; nothing where nothing is measured."""
    blocks: list[Block] = []
    for entry, verdicts in documented(findings):
        kinds = dict.fromkeys(verdict.claim.kind for verdict in verdicts)
        drawn = Illustrations(tuple(figure_name(entry, kind) for kind in kinds))
        blocks += [_heading(entry), sentences(verdicts), drawn, *_beside(entry, findings)]
    if not blocks or not findings.study.measured:
        return None
    told = "\n".join(f"- *{name}*: {escape(text)}" for name, text in methods(findings).items())
    return Section(TITLE, (INTRODUCTION, READING, *([told] if told else []), *blocks))


def documented(findings: Findings) -> Iterator[tuple[ArchitectureResults, Sequence[Verdict]]]:
    """Yield what was taken from documents that were about the same data, with the verdicts on its claims."""
    by_name = _by_architecture(findings.judgement.verdicts)
    for entry in findings.study.entries:
        verdicts = by_name.get(entry.name, [])
        if entry.architecture.document and verdicts and all(one.made_on is None for one in verdicts):
            yield entry, verdicts


def figure_name(entry: ArchitectureResults, kind: str) -> str:
    """Return the name of the figure that stands with an architecture's claims of a kind."""
    return f"{entry.name}-{kind.replace('_', '-')}"


def _beside(entry: ArchitectureResults, findings: Findings) -> Iterator[Block]:
    for other in alternatives(entry, findings):
        yield from (other.introduction, other.table)
        if other.figure:
            yield Illustrations((figure_name(entry, other.figure),))
        if other.conclusion:
            yield escape(other.conclusion)


def _by_architecture(verdicts: Sequence[Verdict]) -> dict[str, list[Verdict]]:
    return {name: list(found) for name, found in groupby(verdicts, key=lambda verdict: verdict.architecture)}


def methods(findings: Findings) -> Mapping[str, str]:
    """Return what each kind of claim about a sentence says that it measures, in the words of its class."""
    quoted = [one.claim for one in findings.judgement.verdicts if one.claim.quote and one.claim.basis != "nothing"]
    kinds = {type(claim) for claim in quoted if not isinstance(claim, NumberClaim)}
    words = {kind.kind.replace("_", " "): " ".join(inspect.cleandoc(kind.__doc__ or "").split()) for kind in kinds}
    return dict(sorted(words.items()))


def _heading(entry: ArchitectureResults) -> str:
    document, title = escape(entry.architecture.document or ""), escape(entry.architecture.title)
    return f"### {document}\n\n{title} ({escape(entry.name)})."


def sentences(verdicts: Sequence[Verdict]) -> Table:
    """Return one row for each claim, those of one sentence together, and one for all that the document prints."""
    spoken = [verdict for verdict in verdicts if _has_row(verdict)]
    rows: list[Cells] = []
    for quotation, together in groupby(spoken, key=_quotation):
        rows += [_row("" if place else quotation, verdict) for place, verdict in enumerate(together)]
    return Table(
        title="Sentences",
        header=("It says", "Judged by", "Verdict", "Seeds", "What was found"),
        rows=(*rows, *_exact([verdict for verdict in verdicts if not _has_row(verdict)])),
        alignments=("left", "left", "left", "right", "left"),
    )


def _has_row(verdict: Verdict) -> bool:
    return verdict.claim.basis != "spec" or verdict.claim.quote is not None


def _quotation(verdict: Verdict) -> str:
    """Return the document's words, or its number, and below them their place."""
    quote = verdict.claim.quote
    words = f"\N{LEFT DOUBLE QUOTATION MARK}{quote}\N{RIGHT DOUBLE QUOTATION MARK}" if quote else published(verdict)
    return f"{words}\n{verdict.claim.where}"


def _row(quotation: str, verdict: Verdict) -> Cells:
    return quotation, _judged(verdict.claim), verdict.decision, seeds(verdict), found(verdict)


def _judged(claim: Claim) -> str:
    """Return what was judged, with how much may be lost where the document names no number and the spec had to."""
    if claim.basis == "nothing":
        return numbers.UNKNOWN
    return f"{claim.label} ({claim.published})" if isinstance(claim, ToleratesShift) and claim.within else claim.label


def _exact(verdicts: Sequence[Verdict]) -> Iterator[Cells]:
    """Yield one row for the shapes and counts that a document prints, and one for each that does not hold."""
    wrong = [verdict for verdict in verdicts if verdict.decision != "reproduced"]
    if verdicts:
        equal = f"{len(verdicts) - len(wrong)} of {len(verdicts)} follow from its layers"
        yield EXACT, "equality", "refuted" if wrong else "reproduced", ARITHMETIC, equal
    yield from (_row(_quotation(verdict), verdict) for verdict in wrong)
