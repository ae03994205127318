"""The page and its tables: what they say, in every state of the records, and always the same bytes."""

from __future__ import annotations

import io
import re
from pathlib import Path

import fake_records as fake
import pytest
from rich.console import Console

from harness.analysis.findings import Findings
from harness.plan.protocol import Protocol, smoke
from harness.report.markdown import render_table
from harness.report.page import Picture, page
from harness.report.sections.again import command
from harness.report.tables.claims import narrow_claims
from harness.report.tables.headline import headline, narrow_headline
from harness.report.terminal import render_table as render_terminal

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(scope="module")
def found() -> Findings:
    chosen = fake.architectures()
    return fake.findings(chosen, fake.fake_trials(chosen))


def shown_at_80(findings: Findings) -> str:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    console.print(
        render_terminal(narrow_headline(findings)), render_terminal(narrow_claims(findings.judgement.verdicts))
    )
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_headline_is_the_golden_one(found: Findings) -> None:
    assert render_table(headline(found)) + "\n" == (GOLDEN / "headline.md").read_text(encoding="utf-8")


def test_the_terminal_at_80_columns_is_the_golden_one(found: Findings) -> None:
    shown = "\n".join(line.rstrip() for line in shown_at_80(found).splitlines()) + "\n"
    assert shown == (GOLDEN / "terminal.txt").read_text(encoding="utf-8")


def test_the_page_tells_the_story_in_order(found: Findings) -> None:
    headings = re.findall(r"^## (.+)$", page(found), re.MULTILINE)
    assert headings == [
        "Accuracy and cost",
        "Claims",
        "Cost against accuracy",
        "Speed of use",
        "Pairs",
        "Hardest images",
        "Environment and how to get it again",
        "How to read it",
    ]


def test_the_page_names_its_pictures_in_their_sections(found: Findings) -> None:
    shown = page(found, [Picture("figures/x.svg", "An <x>", "Learning curves")])
    assert "## Learning curves\n\n![An &lt;x&gt;](figures/x.svg)" in shown


def test_the_same_records_give_the_same_page(found: Findings) -> None:
    chosen = fake.architectures()
    assert page(found) == page(fake.findings(chosen, reversed(fake.fake_trials(chosen))))


def test_the_page_ends_with_one_line_break_and_no_line_with_a_blank(found: Findings) -> None:
    shown = page(found)
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")
    assert not re.search(r"[ \t]$", shown, re.MULTILINE)


def test_shared_trials_are_named(found: Findings) -> None:
    assert "000_convnet, 001_convnet_8_epochs and 004_convnet train once per seed" in page(found)


def test_assumptions_stand_behind_the_verdicts(found: Findings) -> None:
    assert "the optimizer is assumed" in page(found)


def test_the_command_gets_it_again(found: Findings) -> None:
    assert command(found.study).endswith("004_convnet dense_512 --seeds 0-4")


def test_a_title_or_document_cannot_write_markdown() -> None:
    [one] = fake.architectures("dense_512")
    evil = one.model_copy(update={"document": "<img src=x> | **b**.txt", "assumptions": ("<b>|</b>",)})
    shown = page(fake.findings([evil], fake.fake_trials([evil])))
    assert "<img" not in shown
    assert "<b>" not in shown


def test_no_record_at_all_is_told() -> None:
    shown = page(fake.findings(fake.architectures(), ()))
    assert "nothing is measured yet" in shown
    assert shown.count("not run") == 6
    assert "bench run" in shown


def test_no_architecture_at_all_is_told() -> None:
    assert "nothing is measured yet" in page(fake.findings((), ()))


def test_one_architecture_alone_is_compared_with_nothing() -> None:
    chosen = fake.architectures("dense_512")
    shown = page(fake.findings(chosen, fake.fake_trials(chosen)))
    assert "Only **dense_512** is measured" in shown
    assert "## Pairs" not in shown


def test_failures_are_rows_with_their_reasons() -> None:
    chosen = fake.architectures("dense_512")
    shown = page(fake.findings(chosen, [fake.failed(one) for one in fake.fake_trials(chosen)]))
    assert "failed: nan" in shown
    assert shown.count("the loss is not a number") == 5


def test_some_failures_are_counted_beside_the_seeds() -> None:
    chosen = fake.architectures("dense_512")
    trials = fake.fake_trials(chosen)
    shown = page(fake.findings(chosen, [fake.failed(trials[0]), *trials[1:]]))
    assert "n = 4, 1 failed" in shown


def test_one_seed_has_no_spread() -> None:
    chosen = fake.architectures("dense_512", "000_convnet")
    shown = page(fake.findings(chosen, fake.fake_trials(chosen, [3])))
    assert "± \N{EN DASH} (n = 1)" in shown
    assert "on mnist, seed 3." in shown
    assert "--seeds 3-3" in shown


def test_smoke_results_say_so() -> None:
    chosen, protocol = fake.architectures("dense_512"), smoke(Protocol())
    shown = page(fake.findings(chosen, fake.fake_trials(chosen, protocol=protocol), protocol))
    assert "**Smoke results**" in shown
    assert "--smoke" in shown


def test_other_environments_are_named_not_mixed() -> None:
    chosen = fake.architectures("dense_512")
    there = fake.environment("Other Processor")
    trials = [*fake.fake_trials(chosen), *fake.fake_trials(chosen, [0], where=there)]
    shown = page(fake.findings(chosen, trials))
    assert f"{there.id} (1 record)" in shown
    assert "n = 5" in shown


def test_seeds_with_gaps_are_listed() -> None:
    chosen = fake.architectures("dense_512")
    found = fake.findings(chosen, fake.fake_trials(chosen, [0, 3, 7]))
    assert "seeds 0, 3, 7" in page(found)
    assert command(found.study) == "bench run dense_512 --seeds 0,3,7"


def test_the_terminal_fits_80_columns(found: Findings) -> None:
    assert max(len(line) for line in shown_at_80(found).splitlines()) <= 80
