"""Everything that the doctor looks at, in order; prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.app.doctor import inspection
from harness.app.doctor.diagnosis import Diagnosis, State, fine, problem
from harness.app.doctor.quiet import Quietness, measure_quietness, quiet
from harness.app.workspace import Workspace
from harness.errors import BenchError
from harness.execute.cores import available_memory, physical_cores
from harness.records.environment import Environment, current_environment
from harness.spec.architecture import Architecture
from harness.spec.cost import PROCESS_BYTES, cost
from harness.spec.reading import select


@dataclass(frozen=True)
class Examination:
    """The environment, what was found of each thing, and how quiet it was."""

    environment: Environment
    diagnoses: tuple[Diagnosis, ...]
    quietness: Quietness

    @property
    def is_fit(self) -> bool:
        """Whether nothing would stop a run."""
        return all(diagnosis.state is not State.PROBLEM for diagnosis in self.diagnoses)


def examine(workspace: Workspace, measure: Callable[[tuple[int, ...]], Quietness] = measure_quietness) -> Examination:
    """Look at everything; ``measure`` is given the cores last, when nothing else of ours runs."""
    environment = current_environment(threads=1)
    chosen, specs = read_specs(workspace.specs)
    cores = inspection.find_cores()
    largest = max((cost(architecture).training_bytes for architecture in chosen), default=PROCESS_BYTES)
    diagnoses = (
        inspection.versions(environment, inspection.wanted_versions()),
        inspection.onednn(environment),
        inspection.harness_commit(environment),
        specs,
        *inspection.data(workspace.specs),
        inspection.folder("results", workspace.results, inspection.RESULTS_BYTES),
        inspection.cores(cores),
        inspection.memory(available_memory(), cores.physical, largest),
    )
    quietness = measure(physical_cores())
    return Examination(environment, (*diagnoses, quiet(quietness)), quietness)


def read_specs(folder: Path) -> tuple[tuple[Architecture, ...], Diagnosis]:
    """Read every spec; a mistake in one stops `bench run --all`."""
    try:
        chosen = select((), folder)
    except BenchError as error:
        return (), problem("specs", str(error).splitlines()[0], "bench validate reports every mistake")
    return chosen, fine("specs", f"{len(chosen)} architectures, all valid")
