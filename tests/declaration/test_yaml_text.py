"""Plain data and its places out of YAML text."""

from __future__ import annotations

import pytest

from harness.declaration.spec_error import Place
from harness.declaration.values import WrittenFloat
from harness.declaration.yaml_text import MAX_DEPTH, parse, plain


def errors(text: str) -> list[tuple[int, int, str]]:
    found = parse(text, "a.yaml").errors
    assert all(error.file == "a.yaml" for error in found)
    return [(*error.place[1:], error.what) for error in found if error.place]


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
    tree = parse("a:\n  - b: {c: 1}\n  - d\n", "a.yaml")
    assert tree.place(("a", 0, "b", "c"), on_key=True) == Place("a.yaml", 2, 9)
    assert tree.place(("a", 0, "b", "c")) == Place("a.yaml", 2, 12)
    assert tree.place(("a", 1)) == Place("a.yaml", 3, 5)


def test_a_path_that_is_not_there_stands_at_what_contains_it() -> None:
    assert parse("a:\n  - b: {c: 1}\n", "a.yaml").place(("a", 0, "b", "x", 3)) == Place("a.yaml", 2, 8)


def test_anchors_aliases_tags_and_double_keys_are_all_reported() -> None:
    assert errors("a: &x 1\nb: *x\nc: !!str 2\na: 3\n") == [
        (1, 4, "the anchor &x is not part of the language"),
        (2, 4, "the alias *x refers to another place"),
        (3, 4, "the tag 'tag:yaml.org,2002:str' is not part of the language"),
        (4, 1, "'a' is given twice (first in line 1)"),
    ]


def test_a_merge_key_is_an_ordinary_key_and_its_alias_a_mistake() -> None:
    tree = parse("a: {b: 1}\n<<: *a\n", "a.yaml")
    assert tree.data == {"a": {"b": 1}, "<<": None}
    assert [error.place for error in tree.errors] == [Place("a.yaml", 2, 5)]


def test_a_tab_is_named() -> None:
    assert errors("a:\n\t- b\n") == [(2, 1, "there is a tab")]


def test_the_parsers_own_errors_have_their_place() -> None:
    [(line, column, what)] = errors("a: [1, 2\nb: 3\n")
    assert (line, column) == (2, 2)
    assert what.startswith("not YAML: ")


def test_a_character_that_may_not_stand_in_yaml_has_its_place() -> None:
    [(line, column, what)] = errors("a: 1\nb: \x07\n")
    assert (line, column) == (2, 4)
    assert "\\x07" in what


def test_a_second_document_is_reported_and_not_read() -> None:
    tree = parse("a: 1\n---\na: 2\n", "a.yaml")
    assert [error.place for error in tree.errors] == [Place("a.yaml", 2, 1)]
    assert tree.data is None


def test_an_alias_as_a_key_is_reported_beside_other_mistakes() -> None:
    assert errors("*x : 1\nb: *x\n") == [
        (1, 1, "the alias *x refers to another place"),
        (2, 4, "the alias *x refers to another place"),
    ]


def test_a_mapping_as_a_key_is_reported() -> None:
    assert errors("a: 1\n? [b]\n: 2\n") == [(2, 3, "a key must be a word")]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_depth_is_bounded(opening: str) -> None:
    found = parse(opening * 100_000).errors
    assert len(found) == 1
    assert str(MAX_DEPTH) in found[0].what or "key" in found[0].what


def test_a_number_that_no_spec_needs_is_too_large() -> None:
    assert [what for _, _, what in errors("a: " + "9" * 5_000)] == ["the number is too large"]
    assert parse("a: 1e999").data == {"a": float("inf")}


def test_the_empty_text_holds_nothing() -> None:
    assert parse("").data is None
    assert parse("# only a comment\n").errors == []


@pytest.mark.parametrize(
    ("text", "data", "errors"),
    [
        (
            "{f: 8, k: (3, 3), s: (3, 3), p: same}",
            {"f": 8, "k": "(3, 3)", "s": "(3, 3)", "p": "same"},
            [
                "a:1:11: '(3, 3)' is a tuple of Python; write [3, 3]",
                "a:1:22: '(3, 3)' is a tuple of Python; write [3, 3]",
            ],
        ),
        ("[(2, 2), 4]", ["(2, 2)", 4], ["a:1:2: '(2, 2)' is a tuple of Python; write [2, 2]"]),
        (
            "{p: ((1, 1), (0, 2))}",
            {"p": "((1, 1), (0, 2))"},
            ["a:1:5: '((1, 1), (0, 2))' is a tuple of Python; write [[1, 1], [0, 2]]"],
        ),
        ("{p: (1, [2], q: 3)}", None, ["a:1:5: '(1' has no end; write a list, such as [3, 3]"]),
        ("{p: (1, 2): 3}", None, ["a:1:5: '(1' has no end; write a list, such as [3, 3]"]),
        ("where: (3)", {"where": "(3)"}, []),
        ("where: (3, 4)", {"where": "(3, 4)"}, []),
        ("{where: (see 3)}", {"where": "(see 3)"}, []),
    ],
)
def test_a_tuple_in_braces_is_one_mistake(text: str, data: object, errors: list[str]) -> None:
    tree = parse(text, "a")
    assert (tree.data, [str(error) for error in tree.errors]) == (data, errors)
