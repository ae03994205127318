"""`bench run` and `bench plan` as a user meets them: what they say, where they say it, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BENCH = [sys.executable, "-c", "from harness.cli import main; main()"]
SPECS = Path(__file__).parents[2] / "architectures"


def bench(*arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BENCH, *arguments, "--architectures", str(SPECS)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "100", **(environment or {})},
    )


REFUSED = {
    "nothing selected": (["run"], "nothing selected"),
    "an unknown name": (["run", "000_convnett"], "did you mean '000_convnet'"),
    "a negative seed": (["run", "dense_512", "--seeds", "-1"], "'-1' is not a seed"),
    "letters as seeds": (["run", "dense_512", "--seeds", "a,b"], "'a' is not a seed"),
    "a backward range": (["run", "dense_512", "--seeds", "5-3"], "runs backwards"),
    "too large a seed": (["run", "dense_512", "--seeds", "0,4294967296"], "larger than"),
    "too many seeds": (["run", "dense_512", "--seeds", "1000000000"], "more than"),
    "a timeout that is none": (["run", "dense_512", "--timeout", "soon"], "is not a valid duration"),
    "no job at all": (["run", "dense_512", "--jobs", "0"], "--jobs"),
    "an unknown plan": (["plan", "nothing*"], "no architecture matches"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done = bench(*arguments, "--results", str(tmp_path))
    assert done.returncode == 2
    assert sentence in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_that_cannot_be_written_is_refused_before_training(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file, not a folder")
    done = bench("run", "dense_512", "--smoke", "--results", str(tmp_path / "results"))
    assert done.returncode == 2
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_mistake_of_every_selected_spec_is_told_before_training(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("title: Broken\ndataset: mnist\nlayers: []\n")
    done = subprocess.run(
        [*BENCH, "run", "--all", "--architectures", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "one.yaml:" in done.stderr
    assert "two.yaml:" in done.stderr


def test_plan_json_is_one_document_as_the_contract_has_it(tmp_path: Path) -> None:
    done = bench("plan", "00*", "--seeds", "0,3", "--json", "--results", str(tmp_path))
    plan = json.loads(done.stdout)
    assert done.returncode == 0
    assert plan["seconds"] > 0
    assert len(plan["trials"]) == 6
    shared = [trial for trial in plan["trials"] if "001_convnet_8_epochs" in trial["architectures"]]
    assert [(trial["seed"], trial["epochs"], trial["status"]) for trial in shared] == [
        (0, 8, "pending"),
        (3, 8, "pending"),
    ]
    assert shared[0]["architectures"] == ["000_convnet", "001_convnet_8_epochs", "004_convnet"]


def test_options_have_variables(tmp_path: Path) -> None:
    variables = {"BENCH_SEEDS": "7,", "BENCH_RESULTS": str(tmp_path), "BENCH_JSON": "1"}
    plan = json.loads(bench("plan", "dense_512", environment=variables).stdout)
    assert [trial["seed"] for trial in plan["trials"]] == [7]


def test_no_colour_reaches_a_pipe(tmp_path: Path) -> None:
    done = bench("plan", "00*", "--results", str(tmp_path))
    assert "\x1b" not in done.stdout + done.stderr
    assert "share trials" in done.stdout


@pytest.mark.training
def test_smoke_runs_in_seconds_and_again_in_no_time(tmp_path: Path) -> None:
    arguments = ["run", "dense_512", "--smoke", "--seeds", "2", "--results", str(tmp_path)]
    first, second = bench(*arguments), bench(*arguments)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "trained   dense_512 seed 1" in first.stderr
    assert "nothing to train" in second.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"smoke"}


@pytest.mark.training
def test_forced_colours_draw_no_live_display_where_nobody_watches(tmp_path: Path) -> None:
    arguments = ["run", "dense_512", "--smoke", "--seeds", "0", "--results", str(tmp_path)]
    done = bench(*arguments, environment={"FORCE_COLOR": "1"})
    assert "training  dense_512 seed 0" in done.stderr
    assert "\x1b[?25l" not in done.stderr  # a live display hides the cursor


@pytest.mark.training
def test_other_threads_are_shown_though_the_page_is_about_one_thread(tmp_path: Path) -> None:
    arguments = ["run", "dense_512", "--smoke", "--seeds", "0", "--results", str(tmp_path)]
    bench(*arguments)
    done = bench(*arguments, "--threads", "2", "--json")
    assert "-2t-" in json.loads(done.stdout)["environment"]
    assert "shown is environment" in done.stderr


@pytest.mark.training
def test_progress_as_json_is_one_event_per_line(tmp_path: Path) -> None:
    done = bench("run", "dense_512", "--smoke", "--seeds", "0", "--progress", "json", "--results", str(tmp_path))
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == ["started", "built", "epoch", "finished"]


@pytest.mark.training
def test_quiet_says_nothing(tmp_path: Path) -> None:
    done = bench("run", "dense_512", "--smoke", "--seeds", "0", "--quiet", "--results", str(tmp_path))
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.training
def test_ctrl_c_ends_with_130_says_how_to_resume_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*BENCH, "run", "003_wide_conv_dropout", "--seeds", "3", "--results", str(tmp_path)],
        cwd=SPECS.parent,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(6)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to every process of the group
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command resumes" in stderr
    assert "Traceback" not in stderr
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.training
def test_a_failed_trial_is_exit_code_1(tmp_path: Path) -> None:
    done = bench("run", "dense_512", "--seeds", "0", "--timeout", "1", "--results", str(tmp_path))
    assert done.returncode == 1
    assert "longer than the 1 seconds" in done.stderr
