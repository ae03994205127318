"""From a file's text to a model, or to mistakes in words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from harness.declaration.spec_error import InvalidSpec, Place, SpecError, refused, shown
from harness.declaration.validation import read_model
from harness.declaration.values import Count, Pair
from harness.errors import did_you_mean

FILE = Path("farm.yaml")


def _tame(name: str) -> str:
    if name == "wolf":
        raise refused("wild", "a wolf is not tame", "keep a dog")
    return name


class Barn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    stalls: Count
    size: Pair = (1, 1)


class Farm(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    animals: Annotated[tuple[Annotated[str, AfterValidator(_tame)], ...], Field(strict=False, min_length=1)]
    barn: Barn
    soil: Literal["clay", "sand"] = "clay"


VALID = "animals: [dog, cat]\nbarn: {stalls: 2}\n"


def more_animals_than_stalls(farm: Farm) -> Iterable[SpecError]:
    if len(farm.animals) > farm.barn.stalls:
        yield SpecError(("barn", "stalls"), "the barn is too small", "add stalls")


def mistakes(text: str) -> list[str]:
    with pytest.raises(InvalidSpec) as caught:
        read_model(Farm, FILE, text, more_animals_than_stalls)
    return [str(mistake).removeprefix("farm.yaml:") for mistake in caught.value.mistakes]


def test_a_valid_text_is_its_model() -> None:
    assert read_model(Farm, FILE, VALID, more_animals_than_stalls).animals == ("dog", "cat")


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("[dog, cat]", "[dog, wolf]", "1:16: a wolf is not tame; keep a dog"),
        ("[dog, cat]", "[dog, 3]", "1:16: item 2 of 'animals' is 3, not text; write a word, or put quotes around it"),
        ("[dog, cat]", "[]", "1:10: 'animals' is too short a list; give 1 or more"),
        ("[dog, cat]", "[dog, cat, cow]", "2:16: the barn is too small; add stalls"),
        ("animals: [dog, cat]", "animal: [dog]", "1:1: there is no field 'animal' here; did you mean 'animals'?"),
        ("stalls: 2", "stalls: 0", "2:16: 'stalls' is 0, which is too small; write 1 or more"),
        ("stalls: 2", "stall: 2", "2:8: there is no field 'stall' here; did you mean 'stalls'?"),
        ("stalls: 2", "stalls: 2, xyz: 2", "2:19: there is no field 'xyz' here; the fields are stalls, size"),
        ("stalls: 2", "size: 2", "2:1: 'stalls' is missing; add it"),
        ("stalls: 2", "stalls: 2, size: a", "2:25: 'size' is 'a'; write one whole number, or a list of two: [3, 3]"),
        ("barn:", "soil: clya\nbarn:", "2:7: 'soil' is 'clya', not 'clay' or 'sand'; did you mean 'clay'?"),
        ("barn:", "soil: {}\nbarn:", "2:7: 'soil' is a mapping, not 'clay' or 'sand'; write one of these"),
        ("{stalls: 2}", "2", "2:7: 'barn' is 2, not a mapping; write 'name: value' lines below it, indented"),
    ],
)
def test_a_mistake_has_its_place_what_is_wrong_and_a_remedy(old: str, new: str, mistake: str) -> None:
    assert mistake in mistakes(VALID.replace(old, new))


def test_where_the_text_itself_is_wrong_nothing_else_is_reported_at_that_place() -> None:
    assert mistakes("animals: *a\nbarn: {stalls: 0}\n") == [
        "1:10: the alias *a refers to another place; write the value out here",
        "2:16: 'stalls' is 0, which is too small; write 1 or more",
    ]


def test_mistakes_stand_in_the_order_of_their_places_and_once_each() -> None:
    places = [Place("b", 1, 1), Place("a", 10, 1), Place("a", 9, 2), Place("a", 9, 2)]
    error = InvalidSpec(SpecError((n,), "what", "remedy", place=place) for n, place in enumerate(places))
    assert str(error) == "a:9:2: what; remedy\na:10:1: what; remedy\nb:1:1: what; remedy"


def test_a_mistake_without_a_file_is_its_sentence_and_is_one_line_in_any_case() -> None:
    assert str(SpecError((), "a\nb", "c\x1b")) == r"a\nb; c\x1b"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "nothing"),
        ([1], "a list"),
        ({}, "a mapping"),
        (0.5, "0.5"),
        ("a\nb", r"'a\nb'"),
        ("x" * 50, f"'{'x' * 39}…'"),
    ],
)
def test_a_value_is_shown_as_a_person_would_point_at_it(value: object, text: str) -> None:
    assert shown(value) == text


def test_the_remedy_for_a_name_is_its_nearest_or_the_same_in_another_case() -> None:
    known = ["Dense", "Dropout", "dense"]
    assert did_you_mean("DENSE", known) == "did you mean 'Dense' or 'dense'?"
    assert did_you_mean("Dropuot", known) == "did you mean 'Dropout'?"
    assert did_you_mean("xyz", known) == ""
