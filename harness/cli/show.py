"""``bench show``: all that is known of one architecture before training; it trains and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.cli import options
from harness.cli.console import print_json, stdout
from harness.spec.written import WrittenFloat

if TYPE_CHECKING:
    from harness.cli.described import Described
    from harness.spec.claims import Claim


def show(
    name: options.Name,
    *,
    results: options.Results = options.DEFAULT_RESULTS,
    architectures: options.ArchitecturesFolder = None,
    json: options.Json = False,
) -> None:
    """Show one architecture: its layers, what they cost, its recipe, its claims and its assumptions."""
    from harness.cli.described import describe
    from harness.cli.recorded import RecordedSeeds
    from harness.spec.folder import architectures_folder, only_file
    from harness.spec.reading import read_architecture

    architecture = read_architecture(only_file(name, architectures_folder(architectures)))
    described = describe(architecture, RecordedSeeds(results))
    if json:
        print_json(described.details())
        return
    stdout().print(Group(*_page(described)))


def _page(described: Described) -> Iterator[RenderableType]:
    architecture = described.architecture
    yield Text.assemble((architecture.name, "bold"), f"  {architecture.title}")
    yield Text(f"from {architecture.document or architecture.source or 'no document'}", style="dim")
    yield Padding(_layers(described), (1, 0))
    yield _facts(described)
    if architecture.claims:
        yield Text("\nClaims", style="bold")
        yield _claims(described)
    if architecture.assumptions:
        yield Text("\nAssumptions", style="bold")
        yield _bullets(architecture.assumptions)


def _layers(described: Described) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, show_footer=True, footer_style="bold")
    cost = described.cost
    table.add_column("#", "", justify="right", style="dim")
    table.add_column("Layer", "Total", overflow="fold")
    table.add_column("Output", "", no_wrap=True)
    table.add_column("Parameters", f"{cost.parameters:,}", justify="right", no_wrap=True)
    table.add_column("Multiply-adds", f"{cost.macs:,}", justify="right", no_wrap=True)
    number = 0
    for layer in cost.layers:
        number += layer.depth == 0
        shape = "×".join(map(str, layer.output_shape))
        index = str(number) if layer.depth == 0 else ""
        table.add_row(index, Text("  " * layer.depth + layer.kind), shape, f"{layer.parameters:,}", f"{layer.macs:,}")
    return table


def _facts(described: Described) -> Table:
    """Return what is said in one line each: recipe, size, memory, address, recorded seeds."""
    from harness.cli.plan import seeds_text

    recipe, cost = described.architecture.training, described.cost
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in (
        ("Data set", described.architecture.dataset),
        ("Optimizer", _kind_text(recipe.model_dump(mode="json")["optimizer"])),
        ("Loss", _kind_text(recipe.model_dump(mode="json")["loss"])),
        ("Recipe", f"{recipe.epochs} epochs, batches of {recipe.batch_size}"),
        (
            "Memory",
            f"about {cost.training_bytes / 2**20:,.0f} MiB to train, {cost.model_bytes / 2**20:,.1f} MiB of weights",
        ),
        ("Fingerprint", described.fingerprint),
        ("Recorded", f"seeds {seeds_text(described.recorded_seeds)}" if described.recorded_seeds else "no seed yet"),
    ):
        table.add_row(label, Text(text))
    return table


def _claims(described: Described) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=2, style="dim")
    for claim in described.architecture.claims:
        table.add_row(Text(claim_text(claim)), Text(claim.where))
    return table


def claim_text(claim: Claim) -> str:
    """Return a claim in short: its kind, what it is about, and its value with the digits as published."""
    value = next(getattr(claim, name) for name in ("value", "architecture", "text") if hasattr(claim, name))
    return f"{claim.kind}{_about(claim)}: {_value_text(value)}"


def _about(claim: Claim) -> str:
    for name, text in (("layer", "of layer"), ("layers", "of the first layers, up to"), ("image", "of test image")):
        number = getattr(claim, name, None)
        if number is not None:
            return f" {text} {number}"
    return ""


def _value_text(value: object) -> str:
    if isinstance(value, WrittenFloat):
        return value.text
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


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
    said = ", ".join(
        f"{key} ({_kind_text(value)})" if isinstance(value, dict) else f"{key} {value}"
        for key, value in fields.items()
        if value not in (None, False)
    )
    return f"{kind}: {said}" if said else kind
