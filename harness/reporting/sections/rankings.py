"""Results on other data: where their pages are, and whether the ranking holds there; tests nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.analysis.findings import Findings
from harness.analysis.rankings import OnData, Rankings, rankings
from harness.declaration.files import DATASETS
from harness.evaluations.metric import Metric
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Block, Section, Table
from harness.reporting.markdown import escape
from harness.reporting.ownership import PAGE

TURNS = (
    "A pair turns where one architecture is significantly better on one data set and significantly worse on another. "
    "p is the larger of the two (Welch's tests, two-sided, or Student's paired where the two share trials), corrected "
    "by Holm for the {tests} tests of a pair on two data sets: the chance of calling even one pair turned that does "
    "not turn is below 5 %."
)


def section(findings: Findings) -> Section | None:
    """Return the other pages and, as soon as two data sets have results, whether the ranking holds."""
    pages = [entry.architecture.dataset for other in findings.other_data for entry in other.study.entries[:1]]
    if not pages:
        return None
    links = f"Results on other data have pages of their own: {numbers.listed(_links(pages))}."
    found = rankings(findings)
    if found is None:
        return Section("Other data", (links,))
    metric = findings.study.headline.metric
    return Section(
        "Does the ranking hold on other data?",
        (links, ranks_table(findings, found, metric), *_agreement(found), *_turns(found, metric)),
    )


def _links(datasets: Iterable[str]) -> Iterator[str]:
    for name in datasets:
        yield f"[{escape(name)}]({DATASETS}/{name}/{PAGE})"


def ranks_table(findings: Findings, found: Rankings, metric: Metric) -> Table:
    """Return one row per architecture, a column for each data set: its mean, its spread, and its possible ranks."""
    ranked = [entry.name for entry in findings.ranking if entry.runs]
    names = dict.fromkeys((*ranked, *(entry.name for data in found.data for entry in data.findings.ranking)))
    measured = [name for name in names if any(name in data.by_name for data in found.data)]
    right: list[Alignment] = ["right"] * len(found.data)
    return Table(
        title="Ranks by data set",
        header=("Architecture", *(numbers.headed(metric, data.dataset) for data in found.data)),
        rows=tuple((name, *(_cell(data, name, metric) for data in found.data)) for name in measured),
        alignments=("left", *right),
        notes=(
            (
                f"{findings.study.headline.heading}: mean ± standard deviation over the seeds, in brackets the ranks "
                "that it may have there, among all that were measured there. A dash: not measured, or the architecture "
                "does not fit that data."
            ),
        ),
    )


def _cell(data: OnData, name: str, metric: Metric) -> str:
    entry = data.by_name.get(name)
    if entry is None:
        return numbers.UNKNOWN
    rank, mean = data.findings.standings[name].rank, data.findings.headline_of(entry)
    return f"{numbers.plus_minus(metric, mean)} ({numbers.ordinal_range(rank.best, rank.worst)})"


def _agreement(found: Rankings) -> tuple[Block, ...]:
    if not found.agreements:
        return ()
    rows = tuple(
        (
            f"{agreement.first}, {agreement.second}",
            str(agreement.architectures),
            f"{agreement.tau:.2f}",
            f"{agreement.interval.low:.2f} to {agreement.interval.high:.2f}" if agreement.interval else numbers.UNKNOWN,
        )
        for agreement in found.agreements
    )
    return (
        Table(
            title="Rank correlation",
            header=("Data sets", "Architectures", "Kendall's tau", "95 % interval"),
            rows=rows,
            alignments=("left", "right", "right", "right"),
            notes=(
                (
                    "Kendall's tau-b of the means of the architectures that both have, those that compute the same "
                    "once: 1 is the same order, 0 none in common, -1 the reverse. Its interval is for other seeds, by "
                    "bootstrap over the seeds; architectures that the seeds do not separate pull tau towards 0."
                ),
            ),
        ),
    )


def _turns(found: Rankings, metric: Metric) -> tuple[Block, ...]:
    if not found.tests:
        return ()
    rule = TURNS.format(tests=f"{found.tests:,}")
    if not found.turns:
        return (f"No pair turns with these seeds. {rule}",)
    return (
        Table(
            title="Pairs that turn",
            header=("Architecture", "Against", "Better on", "Worse on", "p"),
            rows=tuple(
                (
                    turn.winner,
                    turn.loser,
                    f"{turn.better_on} ({_by(metric, turn.better_by)})",
                    f"{turn.worse_on} ({_by(metric, turn.worse_by)})",
                    numbers.p_value(turn.adjusted_p),
                )
                for turn in found.turns
            ),
            alignments=("left", "left", "left", "left", "right"),
            notes=(rule,),
        ),
    )


def _by(metric: Metric, merit: float) -> str:
    return metric.signed(metric.merit(merit))
