"""Which nodes of a cluster can train one run's trials, so that their bits may stand in one table; asks none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.errors import TooManyThreads, UnfitCluster
from harness.execute.cluster.messages import Node
from harness.execute.cores import jobs_that_fit
from harness.records.environment import Environment

VERSIONS = {"harness": "architecture-bench", "python": "Python", "tensorflow": "TensorFlow", "keras": "Keras"}


@dataclass(frozen=True)
class Fit:
    """What a node must be like: its versions and code those of this process, its numerics those of ``numerics_of``."""

    here: Environment
    numerics_of: Environment
    code: str = ""

    def misfit(self, node: Node) -> str | None:
        """Return why no trial can be trained on the node; None where one can."""
        if node.problem or node.environment is None:
            return node.problem or "did not answer"
        if reason := other_version(self.here, node.environment):
            return reason
        if node.code != self.code:
            return f"architecture-bench {node.environment.harness} has other code there: install the same commit"
        wanted, found = self.numerics_of.facts, node.environment.facts
        names = ("system", *type(self.numerics_of.numerics).model_fields)
        differ = [name for name in names if wanted[name] != found[name]]
        if differ:
            shown = ", ".join(f"{name} {found[name]} instead of {wanted[name]}" for name in differ)
            return f"its trials would have other bits: {shown}"
        threads = self.here.numerics.threads
        return f"has {cores_of(node)} cores for {threads} threads" if cores_of(node) < threads else None


def fit_of(nodes: Sequence[Node], here: Environment, code: str = "") -> Fit:
    """Return what nodes must be like: as this machine where one of them is, else as most of their cores are.

    Raises:
        UnfitCluster: None fits.
        TooManyThreads: None that would fit has so many cores.
    """
    able = [node for node in nodes if not node.problem and node.environment]
    same_versions = [node for node in able if node.environment and not other_version(here, node.environment)]
    cores: Counter[Environment] = Counter()
    for node in same_versions:
        if node.environment:
            alike = next((known for known in cores if bits_alike(known, node.environment)), node.environment)
            cores[alike] += cores_of(node)
    alike_here = next((found for found in cores if bits_alike(found, here)), None)
    fit = Fit(here, alike_here or max(cores, key=lambda found: cores[found], default=here), code)
    if not any(fit.misfit(node) is None for node in nodes):
        most = max(map(cores_of, same_versions), default=0)
        if same_versions and most < here.numerics.threads:
            raise TooManyThreads(here.numerics.threads, most)
        raise UnfitCluster([(node.name, fit.misfit(node) or "") for node in nodes])
    return fit


def other_version(here: Environment, there: Environment) -> str | None:
    """Return which version differs from this process's; None where all are the same."""
    ours, theirs = here.facts, there.facts
    differ = [name for name in (*VERSIONS, "numpy") if ours[name] != theirs[name]]
    shown = (f"{VERSIONS.get(name, 'NumPy')} {theirs[name]} instead of {ours[name]}" for name in differ)
    return ", ".join(shown) or None


def bits_alike(first: Environment, second: Environment) -> bool:
    """Whether nothing that bits depend on is known to differ."""
    return first.numerics == second.numerics and first.machine.system == second.machine.system


def environments_of(nodes: Iterable[Node], here: Environment) -> tuple[Environment, ...]:
    """Return the nodes' environments, each once: that of this machine first, then those with most cores."""
    cores: Counter[str] = Counter()
    found: dict[str, Environment] = {}
    for node in nodes:
        if node.environment:
            found.setdefault(node.environment.id, node.environment)
            cores[node.environment.id] += cores_of(node)
    return tuple(found[name] for name in sorted(found, key=lambda name: (name != here.id, -cores[name], name)))


def cores_of(node: Node) -> int:
    """Return how many cores trials may have: as many as Ray counts, but no two threads of one core."""
    return min(node.cpus, node.cores) if node.cores else node.cpus


def slots(node: Node, threads: int, trial_bytes: int) -> int:
    """Return how many trials the node trains at once."""
    return jobs_that_fit(cores_of(node), threads, trial_bytes, node.memory_bytes)
