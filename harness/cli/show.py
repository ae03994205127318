"""``bench show``: all that is known of one architecture before training; it trains and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.cli.console import print_json, stdout
from harness.reporting.numbers import duration, mebibytes, named_seeds, plural

if TYPE_CHECKING:
    from harness.app.record_index import RecordedSeeds
    from harness.spec.architecture import Architecture
    from harness.spec.training import Training

# How a layer of a derived spec differs from the parent's.
MARKS = {None: "", "added": " (added)", "changed": " (changed)"}


def show(
    name: options.Name,
    *,
    dataset: options.OnDataset = None,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Show one architecture: its layers, what they cost, its recipe, its claims and its assumptions.

    Examples:
        bench show 000_convnet          what it is, before any training
        bench show dense_512 --json     the same for a program
    """
    from harness.app.specs import ShowOptions, show_spec

    asked = ShowOptions(name=name, dataset=dataset, results=results, architectures=architectures)
    shown = show_spec(asked)
    if json:
        from harness.app.recorded_facts import recorded_facts

        print_json({**shown.facts, **recorded_facts(asked, shown.architecture)})
        return
    trials = {
        "Time": f"about {duration(shown.seconds)} for one seed on one core",
        "Fingerprint": shown.row["fingerprint"],
        "Recorded": _recorded(shown.recorded),
    }
    stdout().print(Group(*_page(shown.architecture, trials)))


def _recorded(recorded: RecordedSeeds) -> str:
    """Return the seeds that are recorded here, and those that are recorded in other environments."""
    here = named_seeds(recorded.here) if recorded.here else "no seed yet"
    pooled = sorted({*recorded.counted} - {*recorded.here})
    counted = f", with {named_seeds(pooled)} of the same numerics" if pooled else ""
    elsewhere = f"; in other environments {named_seeds(recorded.elsewhere)}" if recorded.elsewhere else ""
    return f"{here}{counted}{elsewhere}"


def _page(architecture: Architecture, trials: Mapping[str, str]) -> Iterator[RenderableType]:
    from harness.spec.advice import advice

    yield Text.assemble((architecture.name, "bold"), f"  {architecture.title}")
    yield Text(f"from {_origin(architecture)}", style="dim")
    if architecture.derivation:
        yield Text(f"\nDiffers from {architecture.derivation.parent.name} (layers by its numbers)", style="bold")
        yield _bullets(architecture.derivation.changes)
    yield Padding(_layers(architecture), (1, 0))
    yield _facts(architecture, trials)
    if considered := advice(architecture):
        yield Text("\nAdvice", style="bold")
        yield _bullets(considered)
    if architecture.claims:
        yield Text("\nClaims", style="bold")
        yield _claims(architecture)
    inherited = architecture.derivation.parent.assumptions if architecture.derivation else ()
    own = architecture.assumptions[: len(architecture.assumptions) - len(inherited)]
    if own:
        yield Text("\nAssumptions", style="bold")
        yield _bullets(own)
    if inherited and architecture.derivation:
        yield Text(f"\nAssumptions of {architecture.derivation.parent.name}", style="bold")
        yield _bullets(inherited)


def _origin(architecture: Architecture) -> str:
    """Return the document or the publication; of a derived spec without one, its parent."""
    parent = architecture.derivation.parent.name if architecture.derivation else "no document"
    return architecture.document or architecture.source or parent


def _layers(architecture: Architecture) -> Table:
    from harness.app.specs import difference, rows
    from harness.spec.cost import cost

    costs = cost(architecture)
    table = Table(box=None, header_style="bold", pad_edge=False, show_footer=True, footer_style="bold")
    table.add_column("#", "", justify="right", style="dim")
    table.add_column("Layer", "Total", overflow="fold")
    table.add_column("Output", "", no_wrap=True)
    table.add_column("Sees", "", no_wrap=True)
    table.add_column("Parameters", f"{costs.parameters:,}", justify="right", no_wrap=True)
    table.add_column("Multiply-adds", f"{costs.macs:,}", justify="right", no_wrap=True)
    for layer, field in rows(architecture):
        mark = MARKS[difference(architecture, layer.number)]
        shape = "×".join(map(str, layer.output_shape))
        name = Text(f"{'  ' * layer.depth}{layer.kind}{mark}", style="bold" if mark else "")
        sees = "×".join(map(str, field)) if field else "\N{EN DASH}"
        table.add_row(layer.number, name, shape, sees, f"{layer.parameters:,}", f"{layer.macs:,}")
    return table


def _facts(architecture: Architecture, trials: Mapping[str, str]) -> Table:
    """Return what takes one line each: recipe, size, memory, and what is known of its trials."""
    from harness.spec.cost import cost

    costs = cost(architecture)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Data set", Text(architecture.dataset))
    for number, recipe in enumerate(architecture.recipes, start=1):
        phase = f" {number}" if architecture.phases else ""
        dumped = recipe.model_dump(mode="json")
        table.add_row(f"Optimizer{phase}", Text(_kind_text(dumped["optimizer"])))
        table.add_row(f"Loss{phase}", Text(_kind_text(dumped["loss"])))
        table.add_row(f"{'Phase' if phase else 'Recipe'}{phase}", Text(_recipe(recipe)))
    for label, text in (
        ("Memory", f"about {mebibytes(costs.training_bytes)} to train, {mebibytes(costs.model_bytes)} of weights"),
        *trials.items(),
    ):
        table.add_row(label, Text(text))
    return table


def _recipe(recipe: Training) -> str:
    """Return in a line what a recipe says beside its optimizer and its loss."""
    from harness.declaration.kinds import Kind
    from harness.spec.wording import in_words

    fields = {name: getattr(recipe, name) for name in recipe.special}
    # A kind says its own name.
    names = {name: "" if isinstance(value, Kind) else f"{name.replace('_', ' ')} " for name, value in fields.items()}
    special = "".join(f", {names[name]}{in_words(value)}" for name, value in fields.items())
    held_out = f", {recipe.validation_split:.0%} of the images held out" if recipe.validation_split else ""
    most = "at most " if recipe.early_stopping else ""
    return f"{most}{plural(recipe.epochs, 'epoch')}, batches of {recipe.batch_size}{held_out}{special}"


def _claims(architecture: Architecture) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=2, style="dim")
    for claim in architecture.claims:
        table.add_row(Text(str(claim)), Text(claim.where))
    return table


def _bullets(sentences: tuple[str, ...]) -> Table:
    table = Table.grid(padding=(0, 1))
    for sentence in sentences:
        table.add_row("-", Text(sentence))
    return table


def _kind_text(dumped: object) -> str:
    """Return a dumped kind in one line: ``RMSprop: learning_rate 0.001, rho 0.9``."""
    if not isinstance(dumped, dict) or len(dumped) != 1:
        return str(dumped)
    [(kind, fields)] = dumped.items()
    listed = ", ".join(
        f"{key} ({_kind_text(value)})" if isinstance(value, dict) else f"{key} {value}"
        for key, value in fields.items()
        if value not in (None, False)
    )
    return f"{kind}: {listed}" if listed else kind
