"""What is recorded of the networks' insides: their first filters, and which layers follow a shift; judges nothing."""

from __future__ import annotations

from collections.abc import Sequence

from harness.analysis.findings import Findings
from harness.analysis.insides import COLUMNS, agreements, first_filters
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.equivariance import SAMPLE
from harness.evaluations.filters import EDGES, LIKENESS
from harness.reporting import numbers
from harness.reporting.blocks import Alignment, Block, Section, Table

TITLE = "Inside the networks"
AGREEMENT_NOTE = (
    f"Mean over the seeds, on {SAMPLE} test images moved down and right. Equivariance: how far a layer's response "
    "moves with the image; invariance: how far it stays the same. 1 is the same response, 0 one that is no more alike "
    "than that to another image, and it may be below 0. A convolution without padding or strides follows every shift "
    "of what it sees exactly; pooling and strides follow shifts by whole cells. Without rows and columns nothing can "
    "move: there invariance alone is measured."
)
FILTERS_NOTE = (
    "Mean ± standard deviation over the seeds. For edges: the share of filters whose weights add up to less than half "
    "of the sum of their absolute values, so that an even area gives them little; of filters with random weights most "
    "do so too, and training need not add to them. Likeness: the absolute cosine to the filter that is most like it, "
    "mean over the filters. The page to explore draws the first seed's."
)


def section(findings: Findings) -> Section | None:
    """Return both tables, as far as they are recorded; nothing without either."""
    apart = sorted(findings.study.compared_apart, key=lambda entry: entry.name)
    entries = [entry for entry in (*findings.ranking, *apart) if entry.runs]
    tables: list[Block] = [table for table in (agreement_table(entries), filters_table(entries)) if table is not None]
    return Section(TITLE, tuple(tables)) if tables else None


def agreement_table(entries: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture and layer."""
    rows = [
        (
            "" if place else entry.name,
            f"{layer.number} {layer.kind}",
            str(layer.seeds),
            *(numbers.UNKNOWN if mean is None else f"{mean:z.2f}" for mean in layer.means),
        )
        for entry in entries
        for place, layer in enumerate(agreements(entry))
    ]
    if not rows:
        return None
    titles = [f"{kind.capitalize()}, {shift} px" for kind, shift in COLUMNS]
    right: list[Alignment] = ["right"] * (1 + len(titles))
    return Table(
        title="Which layers follow a shift of the image",
        header=("Architecture", "Layer", "Seeds", *titles),
        rows=tuple(rows),
        alignments=("left", "left", *right),
        notes=(AGREEMENT_NOTE,),
    )


def filters_table(entries: Sequence[ArchitectureResults]) -> Table | None:
    """Return one row per architecture whose filters are recorded."""
    known = [(entry, found) for entry in entries if (found := first_filters(entry)) is not None]
    if not known:
        return None
    return Table(
        title="Filters of the first convolution",
        header=("Architecture", "Size", numbers.headed(EDGES, "For edges"), "Likeness"),
        rows=tuple(
            (
                entry.name,
                " × ".join(map(str, found.pictures.shape)),
                numbers.plus_minus(EDGES, found.edges),
                numbers.plus_minus(LIKENESS, found.likeness),
            )
            for entry, found in known
        ),
        alignments=("left", "right", "right", "right"),
        notes=(FILTERS_NOTE,),
    )
