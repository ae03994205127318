"""Tables in Markdown, in the terminal and as numbers: nothing in a cell can break them."""

from __future__ import annotations

import doctest
import io
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from harness.evaluations.metric import ACCURACY
from harness.planning.seeds import parse_seeds, seed_option
from harness.reporting import markdown, numbers, terminal
from harness.reporting.blocks import Table
from harness.reporting.sections import seeds
from harness.reporting.sections.headline import shortened
from harness.statistics.samples import Estimate, Interval, Spread

EVIL = "<script>alert(1)</script> | **bold** [link](x) `code` $x$ ~~gone~~ _emphasis_ <!-- no --> \\ \n# heading"


def table(*cells: str) -> Table:
    return Table("Title", ("Name", "Value"), (cells,), ("left", "right"), ("A note.",))


def rendered(one: Table, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(terminal.render_table(one))
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_markdown_in_a_cell_is_shown_as_it_is() -> None:
    shown = markdown.escape(EVIL)
    assert "<" not in shown
    assert "\n" not in shown
    for special in ("\\|", "\\*\\*", "\\[", "\\`", "\\$", "\\~", "\\_emphasis\\_", "\\\\"):
        assert special in shown


def test_names_stay_readable() -> None:
    assert markdown.escape("000_convnet") == "000_convnet"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_keeps_the_table_in_shape(first: str, second: str) -> None:
    lines = markdown.render_table(table(first, second)).split("\n")
    assert len(lines) == 5
    for line in lines[:3]:
        assert line.replace("\\\\", "").replace("\\|", "").count("|") == 3


def test_a_table_is_aligned_and_has_its_notes() -> None:
    assert markdown.render_table(table("a", "1")) == (
        "| Name   |   Value |\n|:-------|--------:|\n| a      |       1 |\n\nA note."
    )


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("exactly ten", "exactly…"),
        ("short", "short"),
        ("0123456789", "0123456789"),
        ("a_name_without_a_blank.txt", "a_name_wi…"),
        ("by a_name_without_a_blank.txt", "by a_name…"),
        ("two  words\nhere", "two words…"),
    ],
)
def test_long_sources_are_cut_between_words_else_between_letters(source: str, shown: str) -> None:
    assert shortened(source, 10) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# no heading", "\\# no heading"),
        ("> no quote", "&gt; no quote"),
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("12) no list", "12\\) no list"),
        ("1.5 points", "1.5 points"),
        ("5 seeds", "5 seeds"),
    ],
)
def test_a_note_starts_no_heading_quote_or_list(text: str, shown: str) -> None:
    assert markdown.paragraph(text) == shown


def test_an_empty_table_has_its_header() -> None:
    empty = Table("Title", ("Name", "Value"), (), ("left", "right"))
    assert "Name" in markdown.render_table(empty)
    assert "Name" in rendered(empty)


def test_rows_of_another_length_are_no_table() -> None:
    with pytest.raises(ValueError, match="needs 2 cells"):
        Table("Title", ("Name", "Value"), (("a",),), ("left", "right"))


def test_a_code_block_holds_any_text() -> None:
    assert markdown.code_block("a ``` b").startswith("````sh\n")


def test_the_terminal_shows_brackets_and_no_control_characters() -> None:
    shown = rendered(table("[red]x[/]", "\x1b[31mred\a"))
    assert "[red]x[/]" in shown
    assert "\x1b" not in shown
    assert "\a" not in shown


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (numbers.count(1_199_882), "1,199,882"),
        (numbers.count(None), "\N{EN DASH}"),
        (numbers.millions(2_794_240), "2.79 M"),
        (numbers.millions(11_990_000), "12.0 M"),
        (numbers.millions(123_400_000), "123 M"),
        (numbers.percent(0.99182), "99.18"),
        (numbers.percent(None), "\N{EN DASH}"),
        (numbers.difference(ACCURACY, 0.0012), "+0.12"),
        (numbers.difference(ACCURACY, -0.00001), "+0.00"),
        (numbers.seconds(0.834), "0.83"),
        (numbers.seconds(41.23), "41.2"),
        (numbers.seconds(1683.2), "1,683"),
        (numbers.spread_of_seconds(Spread(41.23, None, None)), "41.2"),
        (numbers.spread_of_seconds(Spread(41.23, 40.8, 42.0)), "41.2 (40.8\N{EN DASH}42.0)"),
        (numbers.plus_minus(ACCURACY, Estimate(5, 0.9912, 0.0007, None)), "99.12 ± 0.07"),
        (numbers.plus_minus(ACCURACY, Estimate(1, 0.9912, None, None)), "99.12 ± \N{EN DASH}"),
        (numbers.difference_bounds(ACCURACY, Interval(-0.001, 0.002)), "-0.10 to +0.20"),
        (numbers.p_phrase(0.0314), "p = 0.031"),
        (numbers.p_phrase(0.00001), "p < 0.001"),
        (numbers.ordinal_range(2, 2), "2"),
        (numbers.ordinal_range(1, 3), "1\N{EN DASH}3"),
        (numbers.plural(1, "seed"), "1 seed"),
        (numbers.plural(5, "seed"), "5 seeds"),
    ],
)
def test_numbers_are_written_for_readers(shown: str, expected: str) -> None:
    assert shown == expected


@pytest.mark.parametrize("module", [numbers, markdown, seeds])
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


def test_a_list_of_seeds_is_the_same_text_everywhere() -> None:
    seeds = [0, 1, 2, 3, 7]
    assert numbers.seed_list(seeds) == "0-3, 7"
    assert numbers.named_seeds(seeds) == "seeds 0-3, 7"
    assert numbers.named_seeds([7]) == "seed 7"
    assert numbers.seed_list([]) == "\N{EN DASH}"


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 9_999), min_size=1, max_size=30))
def test_seeds_written_as_an_option_are_read_back(seeds: set[int]) -> None:
    assert set(parse_seeds(seed_option(sorted(seeds)))) == seeds
