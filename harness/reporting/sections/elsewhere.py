"""This page's machine beside others of the same numerics, and which seeds each of them recorded; pools nothing."""

from __future__ import annotations

from harness.analysis.elsewhere import Elsewhere
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Metric
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Cells, Folded, Section, Table


def section(findings: Findings) -> Section | None:
    """Return the machines and their seeds, where another one claims the same numerics."""
    if not findings.elsewhere:
        return None
    table = machines_table(findings)
    seeds = seeds_table(findings)
    return Section(table.title, (table, *((Folded(seeds.title, seeds),) if seeds.rows else ())))


def machines_table(findings: Findings) -> Table:
    """Return one row per machine that claims the numerics of this page's."""
    headline = findings.study.headline
    return Table(
        title="Here and elsewhere",
        header=(
            "Machine",
            "Identifier",
            "Records",
            "Seeds taken",
            "Trials in common",
            "Same bits",
            f"Difference in {headline.metric.name}",
            "Speed",
        ),
        rows=tuple(_row(found, headline.metric) for found in findings.elsewhere),
        alignments=("left", "left", *("right",) * 6),
        notes=(
            (
                "Machines with the numerics of this page's: the same versions, oneDNN with the same instruction set, "
                "threads, determinism, backend and system. Where all trials in common have the same bits, seeds that "
                "are not recorded here are taken from there, each once; times never are."
            ),
            (
                f"Difference: mean {headline.title} here minus there{headline.metric.difference_unit} over the trials "
                "of both. Speed: of an epoch of a quiet trial there relative to here, the geometric mean over the "
                "architectures that both have such trials of."
            ),
            *_not_compared(findings),
            *_other_bits(findings),
        ),
    )


def _row(found: Elsewhere, metric: Metric) -> Cells:
    return (
        found.environment.machine.processor,
        found.environment.id,
        numbers.count(found.records),
        numbers.count(found.taken) if found.pooled else "none",
        numbers.count(found.in_common),
        f"{found.same_bits} of {found.in_common}" if found.in_common else numbers.UNKNOWN,
        numbers.difference(metric, found.difference),
        numbers.UNKNOWN if found.speed is None else f"{found.speed:.2f} ×",
    )


def _not_compared(findings: Findings) -> tuple[str, ...]:
    """Return which machines are pooled although none of their bits could be compared."""
    names = [found.environment.id for found in findings.elsewhere if not found.in_common]
    if not names:
        return ()
    return (f"Pooled for its numerics alone, with no trial in common to compare: {numbers.listed(names)}.",)


def _other_bits(findings: Findings) -> tuple[str, ...]:
    """Return which trials refute that a machine has the same numerics."""
    return tuple(
        f"Nothing of {found.environment.id} is pooled, whose bits differ: "
        + "; ".join(f"{other.name} seed {other.seed}, {other.where}" for other in found.other_bits)
        + "."
        for found in findings.elsewhere
        if found.other_bits
    )


def seeds_table(findings: Findings) -> Table:
    """Return which seeds of each architecture were recorded on which machine, where any was taken from another."""
    here = findings.study.environment
    machines = [here] if here else []
    machines += [found.environment for found in findings.elsewhere if found.taken]
    right: list[Alignment] = ["right"] * len(machines)
    recorded = {entry.name: entry for entry in findings.study.entries if entry.runs and len(machines) > 1}
    measured = [recorded[ranked.name] for ranked in findings.ranking if ranked.name in recorded]
    return Table(
        title="Seeds by machine",
        header=("Architecture", *(machine.id for machine in machines)),
        rows=tuple((entry.name, *(_seeds(entry, machine.id) for machine in machines)) for entry in measured),
        alignments=("left", *right),
        notes=("Times on this page are those of the first one alone.",),
    )


def _seeds(entry: ArchitectureResults, machine: str) -> str:
    return numbers.seed_list(run.seed for run in entry.runs if run.environment == machine)
