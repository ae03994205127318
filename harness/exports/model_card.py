"""Model cards for the Hugging Face Hub, each with a model-index: one file, or a folder with one for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harness.declaration.files import file_text
from harness.errors import CannotExport
from harness.evaluations.metric import TEST_ACCURACY, TEST_LOSS, Quantity
from harness.exports.export import Selection
from harness.planning.seeds import seed_option
from harness.reporting.markdown import code_block, escape, paragraph
from harness.reporting.numbers import bounds, named_seeds, plural, plus_minus, with_unit

if TYPE_CHECKING:
    from huggingface_hub import EvalResult

    from harness.analysis.runs import ArchitectureResults
    from harness.statistics.samples import Estimate

EXTRA = "model-card"
PACKAGES = ("huggingface_hub", "jinja2")
SUFFIX = ".md"
# Rows, columns and channels: inputs with other axes are rows of a table.
IMAGE_AXES = 3
# The template fills in nothing that has not been escaped for Markdown before.
BODY = """---
{{ card_data }}
---

# {{ name }}

{{ title }}

Trained with {{ seeds }}, each for {{ epochs }}; the last epoch counts, never the best one.

{{ measured }}

{% if assumptions %}
Where its source leaves something open:

{{ assumptions }}

{% endif %}
The file that is all there is to it:

{{ spec }}

The same numbers again:

{{ command }}
"""


def write(selection: Selection, target: Path) -> None:
    """Write one card where the target is a file, else ``<architecture>.md`` for each.

    Raises:
        CannotExport: The target is one file, and there are several architectures.
    """
    if target.suffix == SUFFIX:
        if len(selection.compared) > 1:
            raise CannotExport(f"--to {target}: is one card; name one architecture, or give a folder")
        target.write_text(card(selection, selection.compared[0]), encoding="utf-8")
        return
    target.mkdir()
    for entry in selection.compared:
        (target / f"{entry.name}{SUFFIX}").write_text(card(selection, entry), encoding="utf-8")


def card(selection: Selection, entry: ArchitectureResults) -> str:
    """Return one architecture's card."""
    from huggingface_hub import ModelCard, ModelCardData  # noqa: PLC0415 - an extra

    architecture, measured = entry.architecture, dict(_measured(selection, entry))
    data = ModelCardData(
        model_name=entry.name,
        library_name="keras",
        pipeline_tag=_task(entry),
        datasets=[architecture.dataset],
        metrics=sorted({quantity.metric.name for quantity in measured}),
        tags=["benchmark", "keras"],
        eval_results=[_result(entry, quantity, found) for quantity, found in measured.items()],
    )
    filled = ModelCard.from_template(
        data,
        template_str=BODY,
        name=escape(entry.name),
        title=paragraph(architecture.title),
        seeds=named_seeds(entry.seeds),
        epochs=plural(entry.epochs, "epoch"),
        measured="\n".join(f"- {_sentence(quantity, found)}" for quantity, found in measured.items()),
        assumptions="\n".join(f"- {paragraph(assumption)}" for assumption in architecture.assumptions),
        spec=code_block(file_text(architecture.path).rstrip(), "yaml"),
        command=code_block(f"bench run {entry.name} --seeds {seed_option(entry.seeds)}"),
    )
    return str(filled)


def _measured(selection: Selection, entry: ArchitectureResults) -> Iterator[tuple[Quantity, Estimate]]:
    summary = selection.findings.summaries[entry.name]
    for quantity in (TEST_ACCURACY, TEST_LOSS):
        found = summary.of(quantity)
        if found:
            yield quantity, found


def _sentence(quantity: Quantity, found: Estimate) -> str:
    metric = quantity.metric
    shown = f"{quantity.heading}: {with_unit(metric, plus_minus(metric, found))} (mean ± standard deviation)"
    return f"{shown}, 95 % interval of the mean {bounds(metric, found.interval)}" if found.interval else shown


def _result(entry: ArchitectureResults, quantity: Quantity, found: Estimate) -> EvalResult:
    from huggingface_hub import EvalResult  # noqa: PLC0415 - as above

    return EvalResult(
        task_type=_task(entry),
        dataset_type=entry.architecture.dataset,
        dataset_name=entry.architecture.data.title,
        dataset_split="test",
        metric_type=quantity.metric.name,
        metric_name=f"{quantity.title}, mean over {plural(found.count, 'seed')}",
        metric_value=found.mean,
    )


def _task(entry: ArchitectureResults) -> str:
    return f"{'image' if len(entry.architecture.data.inputs) == IMAGE_AXES else 'tabular'}-classification"
