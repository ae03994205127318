"""The page's end: the environment, the command that gets it again, and how to read the columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.analysis.runs import ArchitectureResults, Study
from harness.report import numbers
from harness.report.markdown import code_block, render_table
from harness.report.tables.environment import environment_table

READING = """\
## How to read it

- **Rank**: 1 is the best mean test accuracy. A range holds every rank that the data allow: architectures that can't be
  told apart share ranks.
- **Parameters** and **multiply-accumulates** follow from the spec: all weights; the products in convolutions and dense
  layers for one image, forward.
- **Training seconds** are wall seconds of the architecture's own epochs, **seconds per epoch** the median over all
  epochs of all seeds. Times of two machines are never mixed.
- **Test accuracy** is that of the last epoch, never of the best one. ± is the standard deviation over seeds; the
  spread of one seed is unknown.
- All seeds share one test set. Intervals say what another seed would give, not what other images would: 10,000 images
  alone leave about ± .09 points (one standard error) at 99.2 %, which shifts all architectures together.
- A dash is unknown, never 0."""


def again(study: Study) -> list[str]:
    """Return the environment and the commands that train what the page shows."""
    environment = environment_table(study)
    lines = commands(study)
    told = "This command trains it, and resumes" if len(lines) == 1 else "These commands train it, and resume"
    return [
        "## Environment and how to get it again",
        *([render_table(environment)] if environment.rows else []),
        f"{told} where it was interrupted:",
        code_block("\n".join(lines)),
    ]


def commands(study: Study) -> tuple[str, ...]:
    """Return one command for all architectures that were trained with the same seeds, in the order of their names."""
    by_seeds: dict[tuple[int, ...], list[str]] = {}
    for one in study.entries:
        by_seeds.setdefault(_tried(one), []).append(one.name)
    if len(by_seeds) > 1:
        by_seeds.pop((), None)  # what was never run is not on the page to be had again
    return tuple(_command(study, seeds, names) for seeds, names in by_seeds.items()) or ("bench run --all",)


def _tried(entry: ArchitectureResults) -> tuple[int, ...]:
    """Return the seeds that were trained, those of failed trials too."""
    return tuple(sorted({*entry.seeds, *(failed.seed for failed in entry.failures)}))


def _command(study: Study, seeds: Sequence[int], names: Iterable[str]) -> str:
    parts = ["bench run", *names]
    if seeds:
        parts.append(f"--seeds {numbers.seed_option(seeds)}")
    if study.environment is not None and study.environment.numerics.threads != 1:
        parts.append(f"--threads {study.environment.numerics.threads}")
    if study.environment is not None and not study.environment.numerics.deterministic:
        parts.append("--no-determinism")
    if study.settings.max_epochs is not None:
        parts.append("--smoke")
    return " ".join(parts)
