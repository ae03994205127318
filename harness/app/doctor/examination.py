"""Everything that the doctor looks at, in order; prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.app.doctor import machine, setup
from harness.app.doctor.finding import Finding, State, fine, problem
from harness.app.doctor.quiet import Quietness, quiet
from harness.errors import BenchError
from harness.execute.cores import available_memory
from harness.records.environment import Environment, current_environment
from harness.spec.architecture import Architecture
from harness.spec.cost import PROCESS_BYTES, cost
from harness.spec.reading import select


@dataclass(frozen=True)
class Examination:
    """The environment and all findings."""

    environment: Environment
    findings: tuple[Finding, ...]

    @property
    def is_fit(self) -> bool:
        """Whether nothing would stop a run."""
        return all(one.state is not State.PROBLEM for one in self.findings)


def examine(results: Path, architectures: Path, quietness: Callable[[], Quietness]) -> Examination:
    """Look at everything; ``quietness`` measures last, when nothing else of ours runs."""
    environment = current_environment(threads=1)
    chosen, specs = read_specs(architectures)
    found = machine.find_cores()
    largest = max((cost(one).training_bytes for one in chosen), default=PROCESS_BYTES)
    return Examination(
        environment,
        (
            setup.versions(environment, setup.pinned_versions()),
            setup.onednn(environment),
            setup.harness_commit(environment),
            specs,
            *machine.data(),
            machine.folder("results", results, machine.RESULTS_BYTES),
            machine.cores(found),
            machine.memory(available_memory(), found.physical, largest),
            quiet(quietness()),
        ),
    )


def read_specs(folder: Path) -> tuple[tuple[Architecture, ...], Finding]:
    """Read every spec; a mistake in one stops `bench run --all`."""
    try:
        chosen = tuple(select((), folder))
    except BenchError as error:
        return (), problem("specs", str(error).splitlines()[0], "bench validate tells every mistake")
    return chosen, fine("specs", f"{len(chosen)} architectures, all valid")
