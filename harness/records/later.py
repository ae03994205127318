"""An evaluation computed after its trial was recorded: a file of its own beside the record, which is never rewritten.

``<trial>-seed<n>.<evaluation>-epoch<k>.json`` belongs to ``<trial>-seed<n>.json``, or to a longer training beside it,
as long as the weights after that epoch are those that the record has the digest of; the ``.npz`` of the same name holds
its predictions.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_core import to_json

from harness.records.content import FORMAT, UnusableRecord, content_digest, read_content
from harness.records.environment import Environment, Frozen, parsed_environment
from harness.records.record import EpochMeasurement, Evaluation, Measurement, Record, Sha256

FILE_STEM = re.compile(r"(?P<trial>[0-9a-z]+-seed\d+)\.(?P<evaluation>\w+)-epoch(?P<epoch>\d+)")


class LaterEvaluation(Frozen):
    """One evaluation of one epoch's weights, and the environment in which it was made."""

    format: Literal[2] = FORMAT
    fingerprint: str
    seed: int = Field(ge=0)
    epoch: int = Field(ge=1)
    evaluation: str
    weights_sha256: Sha256
    environment: Environment
    finished: datetime
    measured: Evaluation

    @property
    def stem(self) -> str:
        """The file's name without its end."""
        return file_stem(f"{self.fingerprint}-seed{self.seed}", self.evaluation, self.epoch)

    @property
    def text(self) -> str:
        """The file's text: the fields in order, then the digest over them."""
        content = self.model_dump(mode="json")
        return json.dumps({**content, "sha256": content_digest(content)}, indent=1, allow_nan=False) + "\n"


def file_stem(trial: str, evaluation: str, epoch: int) -> str:
    """Return what an evaluation's file is called, without its end."""
    return f"{trial}.{evaluation}-epoch{epoch}"


def record_of(path: Path) -> Path | None:
    """Return the file of the record that this one stands beside, by its name; None where it is a record itself."""
    match = FILE_STEM.fullmatch(path.stem)
    return path.with_name(f"{match['trial']}.json") if match else None


def read_later(path: Path) -> LaterEvaluation:
    """Read one file and check that nobody edited it.

    Raises:
        UnusableRecord: It is truncated, edited, of a newer format or not such a file.
    """
    try:
        content = read_content(path)
        environment = parsed_environment(to_json(content.get("environment")))
        found = LaterEvaluation.model_validate({**content, "environment": environment})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnusableRecord(f"is not an evaluation of format {FORMAT}: {where}: {first['msg']}") from error
    if found.stem != path.stem:
        raise UnusableRecord("has a name that does not belong to what it evaluated")
    return found


def joined(record: Record | None, later: LaterEvaluation) -> Record:
    """Return the record with the evaluation; one that it has itself stays.

    Raises:
        UnusableRecord: There is no record, or its weights after that epoch are others.
    """
    if record is None:
        raise UnusableRecord("stands beside no record that can be used")
    measured = record.measurement
    epoch = measured.at(later.epoch) if measured else None
    if measured is None or epoch is None or epoch.weights_sha256 != later.weights_sha256:
        raise UnusableRecord("evaluates weights that the record beside it does not have")
    return _with_evaluations(record, measured, {later.epoch: {later.evaluation: later.measured}})


def completed(record: Record, others: Iterable[Record]) -> Record:
    """Return the record with what others of its trial evaluated of the same weights; its own evaluations stay."""
    measured = record.measurement
    if measured is None:
        return record
    found: dict[int, dict[str, Evaluation]] = {}
    for epoch in (epoch for other in others if other.measurement for epoch in other.measurement.epochs):
        own = measured.at(epoch.epoch)
        if own and own.weights_sha256 == epoch.weights_sha256 and epoch.evaluations.keys() - own.evaluations.keys():
            found[own.epoch] = _extended(found.get(own.epoch, {}), epoch.evaluations)
    return _with_evaluations(record, measured, found) if found else record


def _extended(own: Mapping[str, Evaluation], others: Mapping[str, Evaluation]) -> dict[str, Evaluation]:
    """Return the evaluations with those of the others that are not among them, which come last."""
    return {**own, **{name: found for name, found in others.items() if name not in own}}


def _with_evaluations(record: Record, measured: Measurement, found: Mapping[int, Mapping[str, Evaluation]]) -> Record:
    """Return the record with further evaluations of some epochs."""
    epochs = tuple(
        epoch.model_copy(update={"evaluations": _extended(epoch.evaluations, found.get(epoch.epoch, {}))})
        for epoch in measured.epochs
    )
    return record.model_copy(update={"measurement": measured.model_copy(update={"epochs": epochs})})


def missing_from(record: Record, now: EpochMeasurement) -> Mapping[str, Evaluation]:
    """Return what an epoch, trained again to the same bits, has evaluated beyond the record."""
    known = record.measurement.at(now.epoch) if record.measurement else None
    return {name: found for name, found in now.evaluations.items() if known and name not in known.evaluations}
