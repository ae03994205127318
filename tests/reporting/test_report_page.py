"""The page and its tables: what they say, in every state of the records, and always the same bytes."""

from __future__ import annotations

import io
import os
import re
from dataclasses import replace
from pathlib import Path

import fake_records as fake
import pytest
from rich.console import Console

from harness.analysis.findings import Findings
from harness.planning.settings import Settings, smoke
from harness.records.design import ClaimSeeds, Design, Terms, UntilDecided
from harness.reporting.blocks import Figure
from harness.reporting.page import page
from harness.reporting.sections.claims import narrow_claims, trained_claims
from harness.reporting.sections.cost import targets_of
from harness.reporting.sections.headline import narrow_headline
from harness.reporting.sections.reproduction import commands
from harness.reporting.terminal import render_table as render_terminal
from harness.reporting.verdicts import arithmetic, explanation, fresh_outcome
from harness.spec.claims.metrics import RELATIVE_MARGIN, SHARE_MARGIN

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


def golden(name: str, text: str) -> None:
    """Compare a whole text with the one that was approved; ``GOLDEN=write`` replaces that, for a look at the diff."""
    path = GOLDEN / name
    if os.environ.get("GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_the_page_is_the_golden_one(found: Findings) -> None:
    golden("page.md", page(found))


def test_the_terminal_at_80_columns_is_the_golden_one(found: Findings) -> None:
    golden("terminal.txt", "\n".join(line.rstrip() for line in shown_at_80(found).splitlines()) + "\n")


def test_the_page_tells_the_story_in_order(found: Findings) -> None:
    headings = re.findall(r"^## (.+)$", page(found), re.MULTILINE)
    assert headings == [
        "Accuracy and cost",
        "Claims",
        "What the documents say, and what we found",
        "Cost against accuracy",
        "Training and inference speed",
        "Pairwise comparisons",
        "Accuracy by class",
        "Hardest images",
        "Environment and reproduction",
        "How to read this page",
    ]


def test_the_page_shows_its_figures_in_their_sections(found: Findings) -> None:
    shown = page(found, [Figure("curves", "An <x>", b"<svg/>")])
    assert "## Learning curves\n\n![An &lt;x&gt;](figures/curves.svg)" in shown


def test_the_same_records_give_the_same_page(found: Findings) -> None:
    chosen = fake.architectures()
    assert page(found) == page(fake.findings(chosen, reversed(fake.fake_trials(chosen))))


def test_the_page_ends_with_one_line_break_and_no_line_with_a_blank(found: Findings) -> None:
    shown = page(found)
    assert shown.endswith("\n")
    assert not shown.endswith("\n\n")
    assert not re.search(r"[ \t]$", shown, re.MULTILINE)


def test_shared_trials_are_named(found: Findings) -> None:
    assert "000_convnet, 001_convnet_8_epochs and 004_convnet are trained once per seed" in page(found)


def test_assumptions_stand_behind_the_verdicts(found: Findings) -> None:
    assert "the optimizer is assumed" in page(found)


def test_the_command_gets_it_again(found: Findings) -> None:
    [line] = commands(found.study)
    assert line.endswith("004_convnet dense_512 --seeds 0-4")


def test_a_title_or_document_cannot_write_markdown() -> None:
    [one] = fake.architectures("dense_512")
    evil = one.model_copy(update={"document": "<img src=x> | **b**.txt", "assumptions": ("<b>|</b>",)})
    shown = page(fake.findings([evil], fake.fake_trials([evil])))
    assert "<img" not in shown
    assert "<b>" not in shown


def test_no_record_at_all_is_told() -> None:
    shown = page(fake.findings(fake.architectures(), ()))
    assert "no results are recorded yet" in shown
    assert shown.count("not run") == 6
    assert "bench run" in shown


def test_no_architecture_at_all_is_told() -> None:
    shown = page(fake.findings((), ()))
    assert "no results are recorded yet" in shown
    assert "\nbench run --all\n" in shown


def test_one_architecture_alone_is_compared_with_nothing() -> None:
    chosen = fake.architectures("dense_512")
    shown = page(fake.findings(chosen, fake.fake_trials(chosen)))
    assert "Only **dense_512** has results" in shown
    assert "## Pairwise comparisons" not in shown


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
    chosen, settings = fake.architectures("dense_512"), smoke(Settings())
    shown = page(fake.findings(chosen, fake.fake_trials(chosen, settings=settings), settings))
    assert "**Smoke results**" in shown
    assert "--smoke" in shown


def test_other_numerics_are_named_not_mixed() -> None:
    chosen = fake.architectures("dense_512")
    there = fake.environment("Other Processor", threads=2)
    trials = [*fake.fake_trials(chosen), *fake.fake_trials(chosen, [0], where=there)]
    shown = page(fake.findings(chosen, trials))
    assert f"Records of other numerics are never averaged with these: {there.id} (1 record)" in shown
    assert "n = 5" in shown


def test_seeds_with_gaps_are_listed() -> None:
    chosen = fake.architectures("dense_512")
    found = fake.findings(chosen, fake.fake_trials(chosen, [0, 3, 7]))
    assert "seeds 0, 3, 7" in page(found)
    assert commands(found.study) == ("bench run dense_512 --seeds 0,3,7",)


def test_architectures_with_other_seeds_have_commands_of_their_own_and_the_opening_counts_them() -> None:
    more, fewer = fake.architectures("000_convnet", "003*"), fake.architectures("dense_512")
    never = fake.architectures("002*")
    trials = [*fake.fake_trials(more, range(10)), *fake.fake_trials(fewer)]
    found = fake.findings([*more, *never, *fewer], trials, design=Design(seeds=tuple(range(10))))
    ten, five = "bench run 000_convnet 003_wide_conv_dropout --seeds 0-9", "bench run dense_512 --seeds 0-4"
    assert commands(found.study) == (ten, five)
    shown = page(found)
    resumed = "These commands reproduce the results; if interrupted, they resume where training stopped:"
    assert f"{resumed}\n\n```sh\n{ten}\n{five}\n```" in shown
    assert "3 of 4 architectures on mnist, 2 with seeds 0-9 and 1 with seeds 0-4." in shown


def test_ranks_keep_to_the_seeds_that_all_have_and_the_page_says_so() -> None:
    more, fewer = fake.architectures("000_convnet", "003*"), fake.architectures("dense_512")
    shown = page(fake.findings([*more, *fewer], [*fake.fake_trials(more, range(10)), *fake.fake_trials(fewer)]))
    assert "3 architectures on mnist, seeds 0-4." in shown
    assert "(n = 10)" not in shown
    assert "use the seeds that all measured architectures have in common; more are recorded." in shown


def test_the_page_is_about_the_preset_seeds_and_says_that_they_were_changed() -> None:
    chosen = fake.architectures("000_convnet", "dense_512")
    trials = fake.fake_trials(chosen, range(5))
    first = page(fake.findings(chosen, trials, design=Design(seeds=(0, 1, 2, 3, 4))))
    assert "more are recorded" not in first
    assert "was changed" not in first
    changed = Design(seeds=(0, 1, 2, 3, 4)).changed(Terms(seeds=(1, 2)))
    second = page(fake.findings(chosen, trials, design=changed))
    assert "2 architectures on mnist, seeds 1-2." in second
    assert "use the same seeds of every architecture, 1-2 (study.yaml); more are recorded." in second
    assert (
        "The choice of seeds was changed after results had been recorded. Before: seeds 0-4 for ranks and verdicts."
        in second
    )
    assert "2 seeds; at least 5 are needed" in second


def test_the_page_says_which_seeds_verdicts_use_and_which_claims_are_judged_until_decided() -> None:
    chosen = fake.architectures("000_convnet", "dense_512")
    trials, seeds = fake.fake_trials(chosen, range(11)), tuple(range(5))
    plain = page(fake.findings(chosen, trials, design=Design(seeds=seeds)))
    assert "Verdicts use" not in plain
    assert "the first decision counts" not in plain
    claims = ClaimSeeds(seeds=tuple(range(11)), fresh=tuple(range(5, 11)))
    own = page(fake.findings(chosen, trials, design=Design(seeds=seeds, claims=claims)))
    assert (
        "Verdicts use seeds 0-10, as far as they are recorded (study.yaml). The second verdict is that of the fresh "
        "seeds 5-10 by themselves"
    ) in own
    assert "(n = 6)" in own
    until = UntilDecided(architectures=("000_convnet", "dense_512"), most_seeds=20)
    looks = page(fake.findings(chosen, trials, design=Design(seeds=seeds, until_decided=until)))
    assert (
        "Claims of 000_convnet and dense_512 are judged at 10 and 20 seeds, each time at a level of 5 % / 3; "
        "the first decision counts."
    ) in looks


def test_an_architecture_without_a_preset_seed_says_which_it_has() -> None:
    chosen = fake.architectures("dense_512")
    shown = page(fake.findings(chosen, fake.fake_trials(chosen, [7, 8]), design=Design(seeds=(0, 1))))
    assert "only seeds 7-8" in shown


def test_seeds_that_failed_belong_to_the_command() -> None:
    chosen = fake.architectures("dense_512")
    first, *others = fake.fake_trials(chosen)
    assert commands(fake.findings(chosen, [fake.failed(first), *others]).study) == ("bench run dense_512 --seeds 0-4",)


def test_the_rules_of_the_verdicts_are_told(found: Findings) -> None:
    shown = page(found)
    assert RELATIVE_MARGIN == 1 / 3
    assert f"within ± {100 * SHARE_MARGIN:.2f} points of it (for a loss, a third of the number" in shown
    assert "*refuted*, which means: not reproduced by this port" in shown
    assert "a number that is one point too low is hardly ever refuted" in shown
    assert "architectures that share trials are compared seed by seed, with Student's paired test" in shown


def test_what_training_decides_is_counted_apart_from_arithmetic(found: Findings) -> None:
    verdicts = found.judgement.verdicts
    trained, exact = (sum(one.claim.basis == basis for one in verdicts) for basis in ("training", "spec"))
    arithmetic_part = r"(?:(\d+) of )?(\d+) claims on shapes and parameters hold by arithmetic"
    counted = re.findall(rf"Claims on training: (.*?); {arithmetic_part}", page(found))
    assert len(counted) == 2  # at the top, and above the claims
    holding = sum(one.claim.basis == "spec" and one.decision == "reproduced" for one in verdicts)
    for tallied, equal, all_ in counted:
        assert sum(map(int, re.findall(r"(\d+) [a-z]", tallied))) == trained
        assert (int(equal), int(all_)) == (holding, exact)
    unequal = [replace(one, ruling=replace(one.ruling, decision="refuted")) for one in verdicts]
    assert arithmetic(unequal) == f"0 of {exact} claims on shapes and parameters hold by arithmetic"


def test_a_known_cause_stands_beside_a_verdict_that_does_not_reproduce_the_claim(found: Findings) -> None:
    [claim] = [one for one in found.judgement.verdicts if one.claim.known_cause]
    refuted, reproduced = (
        replace(claim, ruling=replace(claim.ruling, decision=word)) for word in ("refuted", "reproduced")
    )
    assert explanation(refuted).endswith(
        "Known cause: the log in its public notebook starts at 99.61 %, where fresh weights start near 94.2 %, so its "
        "weights had been trained before"
    )
    assert explanation(reproduced) == claim.ruling.reason
    assert claim.facts["known_cause"] == claim.claim.known_cause


def test_a_second_verdict_on_fresh_seeds_has_a_column_and_its_reason_where_it_differs(found: Findings) -> None:
    first, second, *others = [one for one in found.judgement.verdicts if one.claim.basis == "training"]
    assert "Fresh seeds alone" not in trained_claims([first, second]).header
    open_ruling = replace(second.ruling, decision="inconclusive", reason="too few", seeds=20)
    shown = trained_claims(
        [replace(first, fresh=first), replace(second, fresh=replace(second, ruling=open_ruling)), *others]
    )
    column = shown.header.index("Fresh seeds alone")
    assert [row[column] for row in shown.rows[:3]] == ["reproduced (n = 5)", "inconclusive (n = 20)", "–"]  # noqa: RUF001
    assert fresh_outcome([replace(first, fresh=first), second]) == "By the fresh seeds alone: 1 reproduced."
    reasons = [row[shown.header.index("Why")] for row in shown.rows[:2]]
    assert ["On fresh seeds alone: too few" in reason for reason in reasons] == [False, True]
    [note] = narrow_claims([first, replace(second, fresh=replace(second, ruling=open_ruling))]).notes
    assert note.startswith("000_convnet, test accuracy: reproduced: ")


def test_the_terminal_fits_80_columns(found: Findings) -> None:
    assert max(len(line) for line in shown_at_80(found).splitlines()) <= 80


def test_the_page_says_how_many_test_examples_were_trained_on_where_they_were_counted(found: Findings) -> None:
    def counted(number: int) -> str:
        (first, *_) = found.study.entries
        data = first.architecture.data.model_copy(update={"repeated_test_examples": number})
        entry = replace(first, architecture=first.architecture.model_copy(update={"data": data}))
        return page(Findings(replace(found.study, entries=(entry,)), found.labels, found.records))

    assert "among those to train on" not in page(found)
    assert "12 of the 10,000 test examples of **mnist** are also among those to train on" in counted(12)
    assert "None of the 10,000 test examples of **mnist** is also among those to train on." in counted(0)


def test_seconds_are_to_accuracies_that_the_data_allows(found: Findings) -> None:
    assert targets_of(found) == (0.98, 0.985, 0.99, 0.992)
    entries = tuple(replace(entry, runs=()) for entry in found.study.entries)
    low = fake.entry("low", (0.913, 0.915))
    assert targets_of(Findings(replace(found.study, entries=(low, *entries)), {})) == (0.81, 0.86, 0.89, 0.91)
