"""Which seeds a report may use: fixed by the first run into a folder, changed on request alone; trains nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.app.workspace import Workspace
from harness.planning.seeds import seed_option
from harness.records.design import ClaimSeeds, Design, Terms, UntilDecided, design_path, write_design
from harness.reporting.numbers import named_seeds, seed_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.analysis.runs import ArchitectureResults, Study
    from harness.app.inputs import Inputs
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
    study, known = inputs.findings().study, bool(inputs.loaded.records)
    chosen: dict[str, object] = {"seeds": tuple(sorted(seeds))}
    if study.design is None:
        chosen["claims"] = None
    design = with_terms(study, Terms(seeds=seeds), chosen, known=known)
    if design != inputs.design:
        write_design(inputs.workspace.folder, design)
    return replace(inputs, design=design)


def with_sequential(study: Study, until: UntilDecided, *, known: bool) -> Design:
    """Return the study's design with these architectures judged until decided, beside those that are already.

    The number of seeds that was allowed before is never lowered: what it decided stays decided.
    """
    before = study.design.until_decided if study.design else None
    if before:
        names = tuple(sorted({*until.architectures, *before.architectures}))
        until = UntilDecided(architectures=names, most_seeds=max(until.most_seeds, before.most_seeds))
    first = Terms(seeds=tuple(range(until.looks[0])))
    return with_terms(study, first, {"until_decided": until}, known=known)


def with_terms(study: Study, first: Terms, terms: Mapping[str, object], *, known: bool) -> Design:
    """Return the study's design, ``first`` where there is none, with other terms.

    It remembers what held before if results are ``known``.
    """
    before = study.design or _in_use(study) or Design(**dict(first))
    changed = before.terms.model_copy(update=terms)
    return before.changed(changed) if known else Design(**dict(changed))


def _in_use(study: Study) -> Design | None:
    """Return what holds without a design: ranks use the seeds in common, verdicts everything that is recorded."""
    ranked, recorded = _seeds(study.compared), _seeds(study.entries)
    if not recorded:
        return None
    return Design(seeds=ranked, claims=ClaimSeeds(seeds=recorded) if recorded != ranked else None)


def _seeds(entries: Iterable[ArchitectureResults]) -> tuple[int, ...]:
    return tuple(sorted({seed for entry in entries for seed in entry.tried}))
