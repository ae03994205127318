"""The derived specs of the repository: conformance, so that a new one is tested the moment it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from fake_architectures import check_by_schema

from harness.planning.settings import Settings
from harness.planning.trial import trial_computation
from harness.spec.architecture import Architecture
from harness.spec.folder import find_architectures
from harness.spec.reading import read_architecture

FOLDER = Path(__file__).parents[2] / "architectures"
FILES = find_architectures(FOLDER / "ablations")


@cache
def read(file: Path) -> Architecture:
    return read_architecture(file)


@cache
def fingerprint(file: Path) -> str:
    return trial_computation(read(file), Settings()).fingerprint


def test_they_are_no_part_of_all_architectures() -> None:
    assert len(FILES) > 10
    assert not {file.stem for file in FILES} & {file.stem for file in find_architectures(FOLDER)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_differs_from_a_document_above_it_and_passes_the_schema(file: Path) -> None:
    derivation = read(file).derivation
    assert derivation is not None
    assert derivation.parent.path == FOLDER / f"{derivation.parent.name}.yaml"
    assert derivation.parent.document or derivation.parent.source
    assert file.stem.startswith(derivation.parent.name[:3])
    check_by_schema(file)


def test_only_another_number_of_epochs_shares_the_parents_trials() -> None:
    sharing = {
        file.stem
        for file in FILES
        if (derivation := read(file).derivation) and fingerprint(derivation.parent.path) == fingerprint(file)
    }
    assert sharing == {"003_ten_epochs"}
    assert len({fingerprint(file) for file in FILES}) == len(FILES)
