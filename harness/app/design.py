"""Which seeds a report may use: fixed by the first run into a folder, changed on request alone; trains nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.app.workspace import Workspace
from harness.planning.seeds import seed_option
from harness.records.design import Design, design_path, write_design
from harness.reporting.numbers import named_seeds, seed_list

if TYPE_CHECKING:
    from harness.app.findings import Inputs
    from harness.app.progress import Progress
    from harness.records.store import Loaded


def fix_seeds(workspace: Workspace, seeds: tuple[int, ...], loaded: Loaded, progress: Progress) -> None:
    """Declare the seeds of a folder's first run, or say that the report keeps to those that are declared.

    A folder of records without a declaration stays as it is: nobody knows which seeds were fixed before they were seen.
    """
    design = workspace.design
    if design is None:
        if not workspace.smoke and not loaded.records:
            write_design(workspace.folder, Design(seeds=seeds))
        return
    further = set(seeds) - {*design.seeds, *design.claim_seeds}
    if further:
        progress.say(
            f"Ranks keep to {named_seeds(design.seeds)} and verdicts to {seed_list(design.claim_seeds)}, which "
            f"{design_path(workspace.folder)} fixes; "
            f"'bench report --seeds {seed_option({*design.seeds, *seeds})}' changes that, and the page will say so."
        )


def choose_seeds(inputs: Inputs, seeds: tuple[int, ...]) -> Inputs:
    """Declare other seeds for ranks, and for verdicts that have none of their own; what held before is kept there.

    Raises:
        CannotWrite: The disk is full or the folder can't be written.
    """
    folder = inputs.workspace.folder
    design = with_seeds(inputs, seeds)
    if design != inputs.design:
        write_design(folder, design)
    return replace(inputs, design=design)


def with_seeds(inputs: Inputs, seeds: tuple[int, ...]) -> Design:
    """Return the design with these seeds, which remembers the earlier ones if their results are known."""
    seeds = tuple(sorted(seeds))
    known = bool(inputs.loaded.records)
    design = inputs.design or Design(seeds=_in_use(inputs) if known else seeds)
    terms = design.terms.model_copy(update={"seeds": seeds})
    return design.changed(terms) if known else Design(**dict(terms))


def _in_use(inputs: Inputs) -> tuple[int, ...]:
    """Return the seeds that ranks use where none are declared."""
    compared = inputs.findings().study.compared
    return tuple(sorted({seed for entry in compared for seed in entry.tried}))
