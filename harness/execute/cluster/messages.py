"""What the engine asks of the process that speaks to Ray, and what it hears; plain values, none of them Ray's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from harness.planning.trial import Trial
from harness.records.environment import Environment
from harness.worker.messages import Message


@dataclass(frozen=True)
class Node:
    """A living node of the cluster, and what it said of itself.

    Args:
        id: Ray's own.
        name: What people call it.
        cpus: As many as Ray counts on it.
        memory_bytes: What Ray gives to tasks.
        cores: Its physical ones, as far as they may be used.
        environment: What bits and times of its trials depend on; None where it could not be asked.
        problem: Why it could not.
        code: The digest of its package's code, which one version may have several of.
    """

    id: str
    name: str
    cpus: int
    memory_bytes: int
    cores: int = 0
    environment: Environment | None = None
    problem: str | None = None
    code: str = ""

    @cached_property
    def environment_id(self) -> str:
        """The name of its environment, which is asked for at every trial."""
        return self.environment.id if self.environment else "unknown"


@dataclass(frozen=True)
class PlaceTrial:
    """Train a trial on this node, from where the checkpoint ends. The ticket is one of its own for each attempt."""

    ticket: int
    node: str
    trial: Trial
    checkpoint: bytes | None
    memory_bytes: int


@dataclass(frozen=True)
class EndAll:
    """End all that is under way; with ``goodbye``, the connection too."""

    goodbye: bool = False


@dataclass(frozen=True)
class Ready:
    """The process has imported Ray."""


@dataclass(frozen=True)
class Connected:
    """A cluster has answered; its nodes are being asked."""


@dataclass(frozen=True)
class Refused:
    """There is no connection, for a reason in one line."""

    reason: str


@dataclass(frozen=True)
class Nodes:
    """All living nodes that have answered, or were given up on; said again whenever they change."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Parcel:
    """What comes from a node.

    Args:
        message: What the trial's process reported; None: it is about to be started.
        checkpoint: The file of the last epoch, where it is new.
        log: The last lines of a process that has ended.
    """

    message: Message | None
    checkpoint: bytes | None = None
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Delivered:
    """A parcel of the attempt with this ticket."""

    ticket: int
    parcel: Parcel


@dataclass(frozen=True)
class Lost:
    """The attempt's process, its node or the way to it is gone; ``memory``: ended by Ray, for want of memory there."""

    ticket: int
    reason: str
    memory: bool = False


Request = PlaceTrial | EndAll
Report = Ready | Connected | Refused | Nodes | Delivered | Lost
