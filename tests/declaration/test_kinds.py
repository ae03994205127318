from __future__ import annotations

import sys
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from harness.declaration.kinds import Family, Kind
from harness.declaration.values import Count
from harness.spec.schema import KindJsonSchema


class Animal(Kind):
    """Any animal."""


class Cat(Animal):
    """Says nothing.

    More about it.
    """

    aliases = ("cat",)

    lives: Annotated[Count, Field(description="How many are left.")] = 9


class Dog(Animal):
    """Says something."""

    name: Annotated[str, Field(description="What it listens to.")]
    age: Count | None = None


class Parrot(Animal):
    """Repeats a word."""

    word: str


class Herd(Animal):
    """Animals together."""

    animals: Annotated[tuple[AnyAnimal, ...], Field(strict=False)]


class _Hidden(Animal):
    """Not to be found."""


ANIMALS = Family("animal", Animal, __name__)
AnyAnimal = Annotated[Animal, ANIMALS]


class Zoo(BaseModel):
    animals: tuple[AnyAnimal, ...]


def zoo(*animals: object) -> Zoo:
    return Zoo.model_validate({"animals": animals})


def mistakes(*animals: object) -> list[tuple[tuple[int | str, ...], str, str]]:
    with pytest.raises(ValidationError) as caught:
        zoo(*animals)
    return [(error["loc"][1:], error["type"], error["msg"]) for error in caught.value.errors()]


def test_a_family_is_what_its_home_defines_but_for_its_base_and_what_is_private() -> None:
    assert list(ANIMALS.kinds) == ["Cat", "Dog", "Parrot", "Herd"]


@pytest.mark.parametrize("written", ["Cat", "cat", {"Cat": None}, {"Cat": {}}, {"Cat": {"lives": 9}}, Cat()], ids=repr)
def test_every_way_to_write_a_kind_reads_the_same(written: object) -> None:
    assert zoo(written) == Zoo(animals=(Cat(),))


def test_a_dump_holds_every_field_and_reads_back() -> None:
    written = zoo("Cat", {"Dog": {"name": "Rex"}}, {"Herd": {"animals": [{"Herd": {"animals": ["cat"]}}]}})
    assert written.model_dump(mode="json")["animals"] == [
        {"Cat": {"lives": 9}},
        {"Dog": {"name": "Rex", "age": None}},
        {"Herd": {"animals": [{"Herd": {"animals": [{"Cat": {"lives": 9}}]}}]}},
    ]
    assert Zoo.model_validate(written.model_dump()) == Zoo.model_validate_json(written.model_dump_json()) == written


def test_an_unknown_kind_is_reported_with_its_nearest_names() -> None:
    assert mistakes("dog", "Parott", "Xylophone") == [
        ((0,), "kind_unknown", "there is no animal 'dog'; did you mean 'Dog'?"),
        ((1,), "kind_unknown", "there is no animal 'Parott'; did you mean 'Parrot'?"),
        ((2,), "kind_unknown", "there is no animal 'Xylophone'; available: Cat, Dog, Parrot, Herd"),
    ]


def test_an_alias_takes_fields_and_its_mistakes_stand_where_it_is_written() -> None:
    assert zoo({"cat": {"lives": 3}}) == Zoo(animals=(Cat(lives=3),))
    assert zoo({"cat": {"lives": 3}}).model_dump() == {"animals": ({"Cat": {"lives": 3}},)}
    assert mistakes({"cat": {"live": 3}}) == [
        ((0, "cat", "live"), "field_unknown", "Cat has no field 'live'; did you mean 'lives'?")
    ]


def test_missing_and_unknown_fields_are_reported_at_their_place() -> None:
    assert mistakes("Dog", {"Cat": {"live": 3}}, {"Cat": {"zzz": 3}}) == [
        ((0, "Dog", "name"), "field_missing", "Dog needs 'name'; add it (What it listens to.)"),
        ((1, "Cat", "live"), "field_unknown", "Cat has no field 'live'; did you mean 'lives'?"),
        ((2, "Cat", "zzz"), "field_unknown", "Cat has no field 'zzz'; its fields are lives"),
    ]


def test_all_mistakes_are_reported_at_once_through_nested_kinds() -> None:
    herd = {"Herd": {"animals": [{"Cat": {"lives": 0}}, "Dgo", {"Dog": {"name": "Rex", "age": "3"}}]}}
    assert [(loc, kind) for loc, kind, _ in mistakes(herd)] == [
        ((0, "Herd", "animals", 0, "Cat", "lives"), "greater_than_equal"),
        ((0, "Herd", "animals", 1), "kind_unknown"),
        ((0, "Herd", "animals", 2, "Dog", "age"), "int_type"),
    ]


@pytest.mark.parametrize("value", ["9", True, 9.0, None], ids=repr)
def test_nothing_is_taken_for_a_whole_number_that_is_none(value: object) -> None:
    assert [loc for loc, _, _ in mistakes({"Cat": {"lives": value}})] == [(0, "Cat", "lives")]


@pytest.mark.parametrize("value", [3, None, [], ["Cat"], {}, {"Cat": {}, "Dog": {}}, 1.5, True], ids=repr)
def test_what_is_not_a_kind_is_reported_with_how_to_write_one(value: object) -> None:
    [(loc, kind, message)] = mistakes(value)
    assert (loc, kind) == ((0,), "kind_form")
    assert "write one animal: 'Cat' or 'Kind: {field: value}'" in message


def test_fields_beside_their_kind_should_be_indented() -> None:
    [(_, _, message)] = mistakes({"Dog": None, "name": "Rex"})
    assert message.startswith("found 2 names side by side (Dog, name)")
    assert message.endswith("its fields indented below it")


@pytest.mark.parametrize(
    ("content", "form"),
    [(3, "{field: value}"), ("Rex", "{name: 'Rex'}"), (["name"], "{field: value}")],
    ids=["no name", "a name", "a list"],
)
def test_content_that_is_not_a_mapping_should_be_fields_or_the_one_that_it_can_be(content: object, form: str) -> None:
    assert mistakes({"Dog": content}) == [((0, "Dog"), "fields_form", f"Dog takes fields; write 'Dog: {form}'")]


def test_the_schema_describes_a_family_once_and_offers_bare_words_where_they_do() -> None:
    schema: dict[str, Any] = Zoo.model_json_schema(schema_generator=KindJsonSchema)
    [mapping, words] = schema["$defs"]["Animal"]["anyOf"]
    assert schema["properties"]["animals"]["items"] == {"$ref": "#/$defs/Animal"}
    assert words["enum"] == ["Cat", "cat"]
    assert words["enumDescriptions"] == ["Says nothing."] * 2
    assert list(mapping["properties"]) == ["Cat", "Dog", "Parrot", "Herd", "cat"]
    assert mapping["properties"]["cat"] == mapping["properties"]["Cat"]
    assert mapping["properties"]["Dog"] == {"$ref": "#/$defs/Dog", "description": "Says something."}
    assert (mapping["additionalProperties"], mapping["minProperties"], mapping["maxProperties"]) == (False, 1, 1)
    assert schema["$defs"]["Dog"]["required"] == ["name"]
    assert mapping["properties"]["Cat"]["anyOf"] == [{"$ref": "#/$defs/Cat"}, {"type": "null"}]


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> Family:
    """A family in a package, a kind to a module, of which none is imported."""
    for name in ("animal_kinds", "animal_kinds.cats", "animal_kinds.whales"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return Family("animal", Kind, "animal_kinds")


def imported() -> set[str]:
    return {name.partition(".")[2] for name in sys.modules if name.startswith("animal_kinds.")}


@pytest.mark.parametrize(("name", "module"), [("Cat", "cats"), ("blue_whale", "whales")])
def test_a_kind_is_found_without_importing_the_modules_of_others(apart: Family, name: str, module: str) -> None:
    assert apart.parse(name).kind == name
    assert imported() == {module}


@pytest.mark.parametrize(("name", "kind"), [("Felis", "Cat"), ("felis", None), ("BlueWhale", None), ("Dog", None)])
def test_a_name_that_is_no_classs_is_looked_for_in_every_module(apart: Family, name: str, kind: str | None) -> None:
    found = apart.find(name)
    assert (found.kind if found else None) == kind
    assert imported() == {"cats", "whales"}
    assert list(apart.kinds) == ["Cat", "blue_whale"]
