"""The page's first sentences: what was compared, on what, and which came out first; derives no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.standings import largest_compatible
from harness.reporting import numbers
from harness.reporting.markdown import escape
from harness.reporting.verdicts import outcome

SMOKE = (
    "> **Smoke results**: a few thousand examples and one epoch, to check that everything works. They say nothing "
    "about the architectures."
)


def introduction(findings: Findings) -> tuple[str, ...]:
    """Return one paragraph on what was compared and what came out, after a warning where the results are no results.

    Then, of a data set whose examples were counted, how many are tested that were trained on.
    """
    return (*((SMOKE,) if findings.study.settings.is_cut else ()), _outcome(findings), *_repeated(findings.study))


def _repeated(study: Study) -> Iterator[str]:
    datasets = {entry.architecture.dataset: entry.architecture.data for entry in study.measured}
    for name, data in sorted(datasets.items()):
        number, named = data.repeated_test_examples, f"**{escape(name)}**"
        if number:
            yield (
                f"{number:,} of the {data.test_examples:,} test examples of {named} are also among those to train on: "
                "its accuracies are partly those of memory."
            )
        elif number is not None:
            yield f"None of the {data.test_examples:,} test examples of {named} is also among those to train on."


def _outcome(findings: Findings) -> str:
    study = findings.study
    datasets = sorted({escape(entry.architecture.dataset) for entry in study.entries})
    entries, measured = len(study.entries), len(study.measured)
    part = f"{measured} of " if 0 < measured < entries else ""
    compared = f"{part}{numbers.plural(entries, 'architecture')} on {numbers.listed(datasets or ['no data'])}"
    if not study.measured:
        return f"{compared}; no results are recorded yet."
    claims = f" {outcome(findings.judgement.verdicts)}." if findings.judgement.verdicts else ""
    return f"{compared}, {_seeds(study)}. {_leaders(findings)}{claims}"


def _seeds(study: Study) -> str:
    """Return the seeds of all measured architectures, or how many of them have which: most seeds first."""
    counts = Counter(entry.seeds for entry in study.measured)
    if len(counts) == 1:
        return numbers.named_seeds(study.measured[0].seeds)
    by_most = sorted(counts.items(), key=lambda item: (-len(item[0]), item[0]))
    return numbers.listed(f"{number} with {numbers.named_seeds(seeds)}" for seeds, number in by_most)


def _leaders(findings: Findings) -> str:
    """Return which may be the best, for each data set: a sentence that claims no equality of those not separated."""
    several = len(findings.study.rivals) > 1
    return " ".join(
        f"On {escape(rivals[0].architecture.dataset)}: {_leading(findings, rivals)}"
        if several
        else _leading(findings, rivals)
        for rivals in findings.study.rivals
    )


def _leading(findings: Findings, rivals: Sequence[ArchitectureResults]) -> str:
    """Return the best mean of those on one data set, the confidence set of the best, and what is still compatible."""
    metric, names = findings.study.headline.metric, {entry.name for entry in rivals}
    ranked = [entry.name for entry in findings.ranking if entry.name in names]
    possible = [name for name in ranked if findings.standings[name].may_be_best]
    first, *others = (f"**{escape(name)}**" for name in possible)
    title = findings.study.headline.title
    if len(ranked) == 1:
        return f"Only {first} has results."
    if not others:
        return f"{first} has the {metric.superlative} {title}, with 95 % confidence."
    largest = largest_compatible(findings.comparisons, possible)
    extent = (
        "how large their differences may be is not known"
        if largest is None or not metric.can_differ_by(largest)
        else f"differences of up to {metric.signed(largest).removeprefix('+')} between them remain compatible with the "
        "results"
    )
    return (
        f"{first} has the {metric.superlative} mean {title}; with these seeds it is not separated from "
        f"{numbers.listed(others)}. The best is one of these with 95 % confidence, and {extent}."
    )
