"""What the results come from and how to reproduce them: failed trials, environment, commands, how to read the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median

from harness.analysis.findings import Findings
from harness.analysis.runs import Study
from harness.evaluations.metric import TEST, VALIDATION
from harness.evaluations.registry import evaluation_names
from harness.planning.seeds import seed_option
from harness.records.environment import Numerics
from harness.reporting import numbers
from harness.reporting.blocks import Commands, Section, Table

LEGEND = """\
- **Rank**: 1 is the best mean {headline}. The ranges are a joint 95 % confidence set: in 95 of 100 studies all of them
  hold the ranks of the true means, if runs scatter about normally or dip alike. Where only some recipes dip (one run in
  ten, by eight times the scatter), ten seeds may show none, and it is 75 to 90 of 100. Architectures that the seeds do
  not separate share ranks, which does not make them equal.
- **Parameters** and **multiply-accumulates** follow from the spec: all weights; the products in convolutions and dense
  layers of one image's forward pass.
- **Training seconds** are wall-clock seconds of the architecture's own epochs, **seconds per epoch** the median over
  all epochs, of quiet trials alone where there are enough; no digit is finer than half the distance of the quartiles.
  Times of two machines are never mixed.
- **{heading}** is measured after the last epoch, not after the best one. ± is the standard deviation over seeds, which
  a single seed leaves unknown.
- All seeds share one test set, so there are two questions. *These images*: what would other seeds give? Ranks, p-values
  and most intervals answer this one. *Such images*: what would other seeds give on other images of the same kind? Pairs
  have an interval for it{share}.
- A dash means unknown, never 0."""


def legend(findings: Findings) -> Section:
    """Return how to read the page."""
    headline = findings.study.headline
    text = LEGEND.format(headline=headline.title, heading=headline.heading, share=_image_share(findings))
    return Section("How to read this page", (text,))


def _image_share(findings: Findings) -> str:
    """Return what seeds and images each add to the uncertainty of a difference; nothing where it is not known."""
    metric = findings.study.headline.metric
    known = [
        (pair.difference.error, pair.image_error)
        for pair in findings.comparisons
        if pair.image_error is not None and pair.difference and pair.difference.error and not pair.repeated
    ]
    if not known:
        return ""
    seeds, images = (f"{metric.scale * median(errors):.{metric.places + 1}f}" for errors in zip(*known, strict=True))
    return (
        f": another draw of images changes a difference with a standard error of {images} points, other seeds\n  with "
        f"one of {seeds} (medians over the pairs); what is hard for both of a pair cancels"
    )


def failures_section(findings: Findings) -> Section | None:
    """Return the failed trials, if there are any."""
    table = failure_table(findings.study)
    return Section(table.title, (table,)) if table.rows else None


def failure_table(study: Study) -> Table:
    """Return one row per architecture and seed whose trial ended before the architecture's last epoch."""
    return Table(
        title="Failed trials",
        header=("Architecture", "Seed", "Stage", "Kind", "Reason"),
        rows=tuple(
            (entry.name, str(failed.seed), failed.failure.stage, failed.failure.kind, failed.failure.reason)
            for entry in (*study.entries, *study.apart)
            for failed in entry.failures
        ),
        alignments=("left", "right", "left", "left", "left"),
        notes=("The next run of the same command tries them again.",),
    )


def section(findings: Findings) -> Section:
    """Return the environment and the commands that train what the page shows."""
    study = findings.study
    environment, lines = environment_table(study), commands(study)
    reproduce = "These commands reproduce" if len(lines) > 1 else "This command reproduces"
    resume = "they resume" if len(lines) > 1 else "it resumes"
    return Section(
        "Environment and reproduction",
        (
            *((environment,) if environment.rows else ()),
            f"{reproduce} the results; if interrupted, {resume} where training stopped:",
            Commands(lines),
        ),
    )


def environment_table(study: Study) -> Table:
    """Return what times and bits depend on, one property per row; the commits are those of all records."""
    environment = study.environment
    if environment is None:
        return Table("Environment", ("", ""), (), ("left", "left"))
    numerics, machine = environment.numerics, environment.machine
    properties = {
        "Identifier": environment.id,
        "Processor": machine.processor,
        "Vector instructions": " ".join(machine.processor_features) or numbers.UNKNOWN,
        "Accelerator": numerics.accelerator or "none",
        "Threads per trial": str(numerics.threads),
        "Operating system": machine.system,
        "Python": machine.python,
        "TensorFlow": numerics.tensorflow,
        "Keras": numerics.keras,
        "NumPy": numerics.numpy,
        "oneDNN": _onednn(numerics),
        "Harness": f"{environment.harness}, commit {', '.join(study.commits) or numbers.UNKNOWN}",
        "Op determinism": "on" if numerics.deterministic else "off",
    }
    return Table("Environment", ("Property", "Value"), tuple(properties.items()), ("left", "left"), _others(study))


def _onednn(numerics: Numerics) -> str:
    limit = f", limited to {numerics.onednn_max_isa}" if numerics.onednn_max_isa else ""
    return f"on{limit}" if numerics.onednn else "off"


def _others(study: Study) -> tuple[str, ...]:
    if not study.others:
        return ()
    named = ", ".join(f"{name} ({numbers.plural(count, 'record')})" for name, count in study.others)
    return (f"Records of other numerics are never averaged with these: {named}.",)


def commands(study: Study) -> tuple[str, ...]:
    """Return one command for all architectures that were trained with the same seeds, in the order of their names.

    Those of a subfolder follow, all of them by its name, and what was evaluated though no spec asks for it.
    """
    by_seeds: dict[tuple[int, ...], list[str]] = {}
    for entry in study.entries:
        by_seeds.setdefault(entry.tried, []).append(entry.name)
    if len(by_seeds) > 1:
        by_seeds.pop((), None)  # no results of these are on the page
    ranked = tuple(_command(study, seeds, names) for seeds, names in by_seeds.items()) or ("bench run --all",)
    apart = (_command(study, seeds, names) for seeds, names in _apart(study))
    further = (f"{_command(study, seeds, names)} --evaluate {asked}" for seeds, names, asked in _evaluated(study))
    return (*ranked, *apart, *further)


def _apart(study: Study) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    """Yield seeds and what was trained with them, for each subfolder as a whole where its seeds are all the same."""
    for folder, found in groupby(study.apart, key=lambda entry: entry.architecture.path.parent.name):
        by_seeds: dict[tuple[int, ...], list[str]] = {}
        for entry in found:
            by_seeds.setdefault(entry.tried, []).append(entry.name)
        whole = len(by_seeds) == 1
        yield from ((seeds, [folder] if whole else names) for seeds, names in by_seeds.items() if seeds)


def _evaluated(study: Study) -> Iterator[tuple[tuple[int, ...], list[str], str]]:
    """Yield seeds, architectures and the evaluations that are recorded of them though no spec asks for them."""
    found: dict[tuple[tuple[int, ...], str], list[str]] = {}
    for entry in (*study.entries, *study.apart):
        by_seeds: dict[tuple[int, ...], list[str]] = {}
        known = entry.evaluated.intersection(evaluation_names())
        for name in sorted(known - {TEST, VALIDATION, *entry.architecture.evaluate}):
            seeds = tuple(run.seed for run in entry.runs if name in run.last.evaluations)
            by_seeds.setdefault(seeds, []).append(name)
        for seeds, names in by_seeds.items():
            found.setdefault((seeds, ",".join(names)), []).append(entry.name)
    yield from ((seeds, architectures, names) for (seeds, names), architectures in found.items())


def _command(study: Study, seeds: Sequence[int], names: Iterable[str]) -> str:
    parts = ["bench run", *names]
    if seeds:
        parts.append(f"--seeds {seed_option(seeds)}")
    if study.environment is not None and study.environment.numerics.threads != 1:
        parts.append(f"--threads {study.environment.numerics.threads}")
    if study.environment is not None and not study.environment.numerics.deterministic:
        parts.append("--no-determinism")
    if study.settings.max_epochs is not None:
        parts.append("--smoke")
    on = {entry.architecture.on_dataset for entry in study.entries} - {None}
    parts += [f"--dataset {name}" for name in on]
    folds = {entry.architecture.asked_folds for entry in study.entries} - {None}
    parts += [f"--folds {count}" for count in folds]
    return " ".join(parts)
