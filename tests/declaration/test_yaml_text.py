"""Plain data and its places out of YAML text."""

from __future__ import annotations

import pytest

from harness.declaration.values import WrittenFloat
from harness.declaration.yaml_text import MAX_DEPTH, Place, parse, plain


def slips(text: str) -> list[tuple[int, int, str]]:
    return [(*slip.place, slip.what) for slip in parse(text).slips]


def test_data_is_what_yaml_1_2_means() -> None:
    text = "a: 1\nb: no\nc: 1e-3\nd: true\ne: ~\nf: '1'\ng: [x, {h: -.5}]\ni: 012\nj: 1_000\nk: 2001-01-01\n"
    assert parse(text).data == {
        "a": 1,
        "b": "no",
        "c": 0.001,
        "d": True,
        "e": None,
        "f": "1",
        "g": ["x", {"h": -0.5}],
        "i": 12,
        "j": "1_000",
        "k": "2001-01-01",
    }


@pytest.mark.parametrize(
    ("text", "decimals"), [("0.9902", 4), ("0.98630000", 8), ("0.9919999837875366", 16), ("1e-3", 3), ("3.", 0)]
)
def test_a_float_remembers_the_digits_it_was_written_with(text: str, decimals: int) -> None:
    number = plain(text)
    assert isinstance(number, WrittenFloat)
    assert number.text == text
    assert number.decimals == decimals
    assert number.half_unit == pytest.approx(0.5 * 10**-decimals)


def test_every_key_and_value_has_its_place() -> None:
    tree = parse("a:\n  - b: {c: 1}\n  - d\n")
    assert tree.place(("a", 0, "b", "c"), key=True) == Place(2, 9)
    assert tree.place(("a", 0, "b", "c")) == Place(2, 12)
    assert tree.place(("a", 1)) == Place(3, 5)


def test_a_path_that_is_not_there_stands_at_what_contains_it() -> None:
    assert parse("a:\n  - b: {c: 1}\n").place(("a", 0, "b", "x", 3)) == Place(2, 8)


def test_anchors_aliases_tags_and_double_keys_are_all_told() -> None:
    assert slips("a: &x 1\nb: *x\nc: !!str 2\na: 3\n") == [
        (1, 4, "the anchor &x is not part of the language"),
        (2, 4, "the alias *x refers to another place"),
        (3, 4, "the tag 'tag:yaml.org,2002:str' is not part of the language"),
        (4, 1, "'a' is given twice (first in line 1)"),
    ]


def test_a_merge_key_is_an_ordinary_key_and_its_alias_a_slip() -> None:
    tree = parse("a: {b: 1}\n<<: *a\n")
    assert tree.data == {"a": {"b": 1}, "<<": None}
    assert [slip.place for slip in tree.slips] == [Place(2, 5)]


def test_a_tab_is_named() -> None:
    assert slips("a:\n\t- b\n") == [(2, 1, "there is a tab")]


def test_the_parsers_own_errors_have_their_place() -> None:
    [(line, column, what)] = slips("a: [1, 2\nb: 3\n")
    assert (line, column) == (2, 2)
    assert what.startswith("not YAML: ")


def test_a_character_that_may_not_stand_in_yaml_has_its_place() -> None:
    [(line, column, what)] = slips("a: 1\nb: \x07\n")
    assert (line, column) == (2, 4)
    assert "\\x07" in what


def test_a_second_document_is_told_and_not_read() -> None:
    tree = parse("a: 1\n---\na: 2\n")
    assert [slip.place for slip in tree.slips] == [Place(2, 1)]
    assert tree.data is None


def test_a_mapping_as_a_key_is_told() -> None:
    assert slips("a: 1\n? [b]\n: 2\n") == [(2, 3, "a key must be a word")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_bounded(opening: str) -> None:
    found = parse(opening * 100_000).slips
    assert len(found) == 1
    assert str(MAX_DEPTH) in found[0].what or "key" in found[0].what


def test_a_number_that_no_spec_needs_is_too_large() -> None:
    assert [what for _, _, what in slips("a: " + "9" * 5_000)] == ["the number is too large"]
    assert parse("a: 1e999").data == {"a": float("inf")}


def test_the_empty_text_holds_nothing() -> None:
    assert parse("").data is None
    assert parse("# only a comment\n").slips == []
