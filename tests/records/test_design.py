"""study.yaml: which seeds a report may use, read with every mistake at its place and written whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.declaration.spec_error import InvalidSpec
from harness.planning.seeds import LOOKS
from harness.records.design import Design, UntilDecided, design_path, design_text, read_design, write_design

OFFICIAL = """\
seeds: 0-9
claims: {seeds: 0-29, fresh: 10-29}
"""
seeds = st.sets(st.integers(0, 9_999), min_size=1, max_size=20).map(lambda found: tuple(sorted(found)))


def read(folder: Path, text: str) -> Design | None:
    design_path(folder).write_text(text)
    return read_design(folder)


def test_a_folder_without_the_file_has_no_design(tmp_path: Path) -> None:
    assert read_design(tmp_path) is None


def test_seeds_are_written_as_on_the_command_line_or_listed(tmp_path: Path) -> None:
    assert read(tmp_path, "seeds: 5\n") == read(tmp_path, "seeds: [4, 3, 2, 1, 0]\n") == Design(seeds=(0, 1, 2, 3, 4))
    found = read(tmp_path, OFFICIAL)
    assert found is not None
    assert (found.seeds, found.claim_seeds) == (tuple(range(10)), tuple(range(30)))
    assert found.claims is not None
    assert found.claims.fresh == tuple(range(10, 30))


@settings(max_examples=30, deadline=None)
@given(seeds, seeds, st.lists(st.sampled_from(["000_convnet", "on", "1e3", "a: b"]), min_size=1, unique=True))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, first: tuple[int, ...], second: tuple[int, ...], names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("results")
    until = UntilDecided(architectures=tuple(names), most_seeds=20)
    design = Design(seeds=first, until_decided=until).changed(Design(seeds=second).terms)
    write_design(folder, design)
    assert read_design(folder) == design
    assert design_path(folder).read_text() == design_text(design)


def test_a_design_remembers_what_held_before_and_only_that() -> None:
    first = Design(seeds=(0, 1))
    assert first.changed(first.terms) is first
    third = first.changed(Design(seeds=(2,)).terms).changed(Design(seeds=(3,)).terms)
    assert (third.seeds, [terms.seeds for terms in third.earlier]) == ((3,), [(0, 1), (2,)])


@pytest.mark.parametrize(("most", "looks"), [(10, LOOKS[:1]), (39, LOOKS[:2]), (40, LOOKS), (400, LOOKS)])
def test_looks_are_at_10_20_and_40_seeds_and_nowhere_else(most: int, looks: tuple[int, ...]) -> None:
    assert UntilDecided(architectures=("a",), most_seeds=most).looks == looks


BROKEN = {
    "nothing": ("", ["1:1: the file is empty; write its fields: seeds"]),
    "a backward range": ("seeds: 9-0\n", ["1:8: '9-0': the range '9-0' runs backwards; give a count"]),
    "no seeds at all": ("seeds: 0.5\n", ["1:8: 'seeds' is 0.5; give a count (5), a list (0,3,7) or a range"]),
    "a word that is true": ("seeds: true\n", ["1:8: 'seeds' is true; give a count"]),
    "a misspelt field": ("seeds: 5\nclaim: {}\n", ["2:1: there is no field 'claim' here; did you mean 'claims'?"]),
    "seeds that are not fresh": (
        "seeds: 5\nclaims:\n  seeds: 0-9\n  fresh: 8-12\n",
        ["4:10: fresh seeds that are not among those of the claims (0-9); name some of the claims' seeds"],
    ),
    "two mistakes": (
        "seeds: x\nuntil_decided: {architectures: [a], most_seeds: 9}\n",
        ["1:8: 'x': 'x' is not a seed", "2:49: 'most_seeds' is 9, which is too small; write 10 or more"],
    ),
    "earlier ones": ("seeds: 5\nearlier:\n  - seeds: -1\n", ["3:12: -1: names no seed"]),
}


@pytest.mark.parametrize(("text", "mistakes"), BROKEN.values(), ids=BROKEN)
def test_every_mistake_is_told_with_its_place(tmp_path: Path, text: str, mistakes: list[str]) -> None:
    with pytest.raises(InvalidSpec) as caught:
        read(tmp_path, text)
    told = str(caught.value).splitlines()
    assert len(told) == len(mistakes)
    for line, mistake in zip(told, mistakes, strict=True):
        assert line.startswith(f"{design_path(tmp_path)}:{mistake}")
