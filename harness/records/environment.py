"""The machine and the versions that times and bits depend on; holds no host name, user name or path."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Environment(BaseModel):
    """What a trial's times and bits depend on. Unknown is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    processor_features: tuple[str, ...]
    cores: int
    threads: int
    memory_bytes: int
    accelerator: str | None = None
    system: str
    python: str
    tensorflow: str
    keras: str
    numpy: str
    onednn: bool
    deterministic: bool
    harness: str
    commit: str | None = None
    uncommitted_changes: bool | None = None
