"""The headline: every architecture with its cost, what it is ranked by and what was published; ranks none itself."""

from __future__ import annotations

from collections import Counter

from harness.analysis.findings import Findings
from harness.analysis.run import FEWEST_QUIET, LEAST_PROCESSOR_SHARE, MOST_DRIFT
from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.summary import Summary
from harness.evaluations.metric import Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Cells, Illustration, Section, Table
from harness.reporting.markdown import escape
from harness.reporting.sections.seeds import preset_notes
from harness.spec.claims.metrics import published_value
from harness.spec.training import may_stop

SHARED = "Architectures with the same computation share trials"
LONGEST_SOURCE = 32
NARROW_SOURCE = 25
SHORT_NAME = 4
UNSTEADY = "†"
AT_MOST = "≤"
QUIET = (
    f"Times are over the quiet trials alone (at least {100 * LEAST_PROCESSOR_SHARE:.0f} % of a processor, its speed "
    f"changed by at most {100 * MOST_DRIFT:.0f} %, no other program running)"
)
UNQUIET = (
    f"fewer than {FEWEST_QUIET} trials found the machine quiet (at least {100 * LEAST_PROCESSOR_SHARE:.0f} % of a "
    f"processor, its speed changed by at most {100 * MOST_DRIFT:.0f} %, no other program running), so these times are "
    "over all trials, and what else ran there may have lengthened them"
)
NOTES = (
    (
        "Rank: together the ranges hold all ranks with 95 % confidence; architectures that these seeds do not separate "
        "share ranks (tests of all pairs on these test images, corrected for their number)."
    ),
    (
        "Training seconds: median and quartiles over the trials; training alone, on the trial's own cores, excluding "
        "start-up, compilation and evaluation."
    ),
)


def section(findings: Findings) -> Section | None:
    """Return the table of all architectures, which of them share trials, and the headline as a figure."""
    if not findings.study.entries:
        return None
    table = headline(findings)
    return Section(table.title, (table, *shared_trials(findings), Illustration("accuracy")))


def shared_trials(findings: Findings) -> tuple[str, ...]:
    """Return one sentence on the architectures that share trials, if any do."""
    readers: dict[str, list[str]] = {}
    for entry in findings.study.entries:
        readers.setdefault(entry.fingerprint, []).append(escape(entry.name))
    shared = [numbers.listed(names) for names in readers.values() if len(names) > 1]
    if not shared:
        return ()
    return (f"{SHARED}: {'; '.join(shared)} are trained once per seed, each evaluated after its own last epoch.",)


def headline(findings: Findings) -> Table:
    """Return the table with one line per architecture, best first."""
    metric = findings.study.headline.metric
    return Table(
        title=_title(findings.study.headline),
        header=(
            "Rank",
            "Architecture",
            "Document",
            "Parameters",
            "Multiply-accumulates",
            "Epochs",
            "Training seconds",
            "Seconds per epoch",
            numbers.headed(metric, findings.study.headline.heading),
            numbers.headed(metric, "Published"),
        ),
        rows=tuple(_cells(findings, entry)[0] for entry in findings.ranking),
        alignments=("right", "left", "left", *("right",) * 7),
        notes=_notes(findings),
    )


def narrow_headline(findings: Findings) -> Table:
    """Return the same table for 80 columns: two cells share a column, one above the other.

    Architectures that were never run are a note here, not rows, so that what was just run stands out.
    """
    shown = [entry for entry in findings.ranking if entry.runs or entry.failures] or findings.ranking
    others = [entry.name for entry in findings.ranking if entry not in shown]
    metric = findings.study.headline.metric
    return Table(
        title=_title(findings.study.headline),
        header=(
            "Rank",
            "Architecture\nDocument",
            "Params\nMACs",
            "Ep.",
            "Training\nseconds",
            "s per\nepoch",
            f"{numbers.headed(metric, _short(findings.study.headline))}\nseeds",
            numbers.headed(metric, "Publ.").replace(" ", "\n"),
        ),
        rows=tuple(_cells(findings, entry)[1] for entry in shown),
        alignments=("right", "left", *("right",) * 6),
        notes=(*_notes(findings), *([f"Not run: {', '.join(others)}."] if others else [])),
    )


def _title(headline: Quantity) -> str:
    return f"{headline.metric.name.capitalize()} and cost"


def _short(headline: Quantity) -> str:
    """Return the headline's name with the metric's cut short: Test acc."""
    name = headline.metric.name
    return headline.heading.replace(name, name if len(name) <= SHORT_NAME else f"{name[: SHORT_NAME - 1]}.")


def _notes(findings: Findings) -> tuple[str, ...]:
    values = f"{findings.study.headline.heading}: mean ± standard deviation over n seeds, after the last epoch."
    return (
        *NOTES,
        *_timing(findings),
        values,
        *_exact(findings),
        *_chosen(findings),
        *preset_notes(findings.study),
        *_pooled(findings),
    )


def _exact(findings: Findings) -> tuple[str, ...]:
    """Return on which data an example is right in all of its labels or not at all."""
    data = (entry.architecture.data for entry in findings.ranking)
    several = sorted({dataset.name for dataset in data if dataset.multi_label})
    if not several:
        return ()
    return (f"On {numbers.listed(map(escape, several))}: the share of examples of which every label is right.",)


def _chosen(findings: Findings) -> tuple[str, ...]:
    """Return whose recipes end the training, and whose choose the weights that count."""
    recipes = {entry.name: entry.architecture.recipe for entry in findings.ranking}
    ending = [escape(entry.name) for entry in findings.ranking if may_stop(entry.architecture.recipes)]
    choosing = [escape(name) for name, recipe in recipes.items() if recipe.keeps_best]
    early = f"{AT_MOST}: at most; {numbers.listed(ending)} may stop early." if ending else ""
    counts = "the weights of the best epoch count, by what the recipe monitors: never the test"
    best = f"Of {numbers.listed(choosing)} {counts}." if choosing else ""
    return tuple(filter(None, (early, best)))


def _epochs(entry: ArchitectureResults) -> str:
    return f"{AT_MOST} {entry.epochs}" if may_stop(entry.architecture.recipes) else str(entry.epochs)


def _pooled(findings: Findings) -> tuple[str, ...]:
    """Return whose seeds count beside those of the machine that times are of."""
    here, compared = findings.study.environment, findings.study.compared
    trials = {(entry.fingerprint, run.seed, run.environment) for entry in compared for run in entry.runs}
    taken = Counter(machine for *_, machine in trials)
    if here is None or not taken.keys() - {here.id}:
        return ()
    del taken[here.id]
    first = f"n counts a seed once, whichever machine of the same numerics recorded it: {here.id}"
    others = numbers.listed(f"{machine} ({count})" for machine, count in sorted(taken.items()))
    return (f"{first}, which all times are of, else {others}.",)


def _cells(findings: Findings, entry: ArchitectureResults) -> tuple[Cells, Cells]:
    """Return the architecture's cells for a wide table and for 80 columns, where two share a column."""
    headline, summary = findings.study.headline, findings.summaries[entry.name]
    standing = findings.standings.get(entry.name)
    rank = numbers.ordinal_range(standing.rank.best, standing.rank.worst) if standing else numbers.UNKNOWN
    parameters, macs = numbers.count(entry.cost.parameters), numbers.millions(entry.cost.macs)
    median, quartiles = numbers.median_seconds(summary.train_seconds), numbers.quartiles(summary.train_seconds)
    mark, epoch = timing_mark(summary), numbers.median_seconds(summary.epoch_seconds)
    value = numbers.plus_minus(headline.metric, findings.headline_of(entry))
    value = value if entry.runs else state(entry, findings.study)
    seeds, source = _seeds(entry), document(entry)
    found = published_value(entry.architecture.claims, headline)
    published = numbers.UNKNOWN if found is None else numbers.published(headline.metric, found)
    seconds = f"{median} ({quartiles}){mark}" if quartiles else f"{median}{mark}"
    measured = f"{value} ({seeds})" if seeds else value
    wide = (rank, entry.name, source, parameters, macs, _epochs(entry), seconds, epoch, measured, published)
    narrow = (
        rank,
        f"{entry.name}\n{shortened(source, NARROW_SOURCE)}",
        f"{parameters}\n{macs}",
        _epochs(entry),
        f"{median}{mark}\n{quartiles}".rstrip(),
        epoch,
        f"{value}\n{seeds}".rstrip(),
        published,
    )
    return wide, narrow


def document(entry: ArchitectureResults) -> str:
    """Return the document's file name, else the beginning of the source, else a dash."""
    source = entry.architecture.document or entry.architecture.source or numbers.UNKNOWN
    return shortened(source, LONGEST_SOURCE)


def shortened(text: str, longest: int) -> str:
    """Return the text on one line, cut to ``longest`` letters: between words where that keeps at least half."""
    flat = " ".join(text.split())
    if len(flat) <= longest:
        return flat
    cut = flat[: longest - 1]
    words = cut.rpartition(" ")[0] if flat[longest - 1] != " " else cut
    return f"{words if 2 * len(words) >= longest else cut}…"


def state(entry: ArchitectureResults, study: Study) -> str:
    """Return why there is no number: failed, not run, or run with other seeds alone."""
    if not entry.failures:
        recorded = study.named(entry.name)
        return f"only {numbers.named_seeds(recorded.seeds)}" if recorded and recorded.runs else "not run"
    return f"failed: {entry.failures[0].failure.kind}"


def timing_mark(summary: Summary) -> str:
    """Return the mark of times that other work on the machine may have lengthened."""
    return f" {UNSTEADY}" if summary.timed_seeds and not summary.quiet else ""


def _timing(findings: Findings) -> tuple[str, ...]:
    """Return over which trials the times are: where there are enough quiet ones, over how many of these."""
    counts: dict[str, list[str]] = {}
    others = []
    for entry in findings.ranking:
        summary = findings.summaries[entry.name]
        if summary.quiet:
            counts.setdefault(f"{len(summary.timed_seeds)} of {len(entry.timed)}", []).append(entry.name)
        elif entry.timed:
            others.append(entry.name)
    quiet = "; ".join(f"{count} of {numbers.listed(names)}" for count, names in counts.items())
    fewer = f"{UNSTEADY}: {UNQUIET}: {', '.join(others)}."
    return (*((f"{QUIET}: {quiet}.",) if quiet else ()), *((fewer,) if others else ()))


def _seeds(entry: ArchitectureResults) -> str:
    measured = f"n = {len(entry.runs)}" if entry.runs else ""
    failed = f"{len(entry.failures)} failed" if entry.failures else ""
    return ", ".join(filter(None, (measured, failed)))
