"""`bench run` and `bench plan` as a user meets them: what they say, where they say it, and with which exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import fake_records as fake
import pytest
from fake_architectures import write_spec
from fake_judge import FakeJudge
from fake_trials import FakeTrainer, elsewhere, fake_outcome

from harness.analysis import judging
from harness.app import inputs
from harness.app.training import engine_choice
from harness.app.training import trainer as app_trainer
from harness.cli import main
from harness.execute.engine import Outcome
from harness.planning.trial import Trial
from harness.records.environment import current_environment
from harness.records.record import Failure
from harness.reporting import writing

SPECS = Path(__file__).parents[2] / "architectures"
CRASH = Failure(stage="train", kind="crash", reason="the process was ended by SIGSEGV")


@dataclass(frozen=True)
class Done:
    """What a command left: its exit code and what it wrote where."""

    code: int
    stdout: str
    stderr: str


Bench = Callable[..., Done]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """Run the command line in this process, as the shell does, at 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str, architectures: Path = SPECS) -> Done:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments, "--architectures", str(architectures)])
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        return Done(int(ended.value.code or 0), written.out, written.err)

    return run


REFUSED = {
    "nothing selected": (["run"], "nothing selected"),
    "an unknown name": (["run", "000_convnett"], "did you mean '000_convnet'"),
    "a negative seed": (["run", "dense_512", "--seeds", "-1"], "'-1' is not a seed"),
    "letters as seeds": (["run", "dense_512", "--seeds", "a,b"], "'a' is not a seed"),
    "a backward range": (["run", "dense_512", "--seeds", "5-3"], "runs backwards"),
    "too large a seed": (["run", "dense_512", "--seeds", "0,4294967296"], "larger than"),
    "too many seeds": (["run", "dense_512", "--seeds", "1000000000"], "more than"),
    "a timeout that is none": (["run", "dense_512", "--timeout", "soon"], "'soon' is not a valid duration"),
    "no job at all": (["run", "dense_512", "--jobs", "0"], "--jobs"),
    "too few seeds for a look": (["run", "dense_512", "--until-decided", "--most-seeds", "9"], "give 10 or more"),
    "words for a limit": (["plan", "--until-decided", "--most-seeds", "all"], "--most-seeds 'all': claims are first"),
    "a limit without looks": (["run", "dense_512", "--most-seeds", "20"], "--most-seeds needs --until-decided"),
    "seeds and looks": (["run", "dense_512", "--until-decided", "--seeds", "5"], "--until-decided and --seeds can't"),
    "smoke and looks": (["run", "dense_512", "--until-decided", "--smoke"], "--until-decided and --smoke can't"),
    "an unknown engine": (["run", "dense_512", "--engine", "rya"], "there is no engine 'rya'; did you mean 'ray'?"),
    "a cluster's address without one": (["run", "dense_512", "--address", "auto"], "--address needs --engine ray"),
    "an unknown plan": (["plan", "nothing*"], "no architecture matches"),
}


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_one_sentence_and_exit_code_2(
    bench: Bench, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    done = bench(*arguments, "--results", str(tmp_path))
    assert done.code == 2
    assert sentence in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_without_ray_its_engine_says_how_to_install_it(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.execute.engines.ray.find_spec", lambda _: None)
    done = bench("run", "dense_512", "--engine", "ray", "--results", str(tmp_path))
    assert done.code == 2
    assert done.stderr.endswith("which is not installed: pip install 'architecture-bench[ray]'\n")
    assert list(tmp_path.iterdir()) == []


def test_a_results_folder_that_cannot_be_written_is_refused_before_training(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file, not a folder")
    done = bench("run", "dense_512", "--smoke", "--results", str(tmp_path / "results"))
    assert done.code == 2
    assert "can't be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_mistake_of_every_selected_spec_is_reported_before_training(bench: Bench, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("title: Broken\ndataset: mnist\nlayers: []\n")
    done = bench("run", "--all", "--results", str(tmp_path / "results"), architectures=tmp_path)
    assert done.code == 2
    assert "one.yaml:" in done.stderr
    assert "two.yaml:" in done.stderr


def test_plan_json_is_one_document_as_the_contract_has_it(bench: Bench, tmp_path: Path) -> None:
    done = bench("plan", "00*", "--seeds", "0,3", "--json", "--results", str(tmp_path))
    plan = json.loads(done.stdout)
    assert done.code == 0
    assert plan["seconds"] > 0
    assert len(plan["trials"]) == 6
    shared = [trial for trial in plan["trials"] if "001_convnet_8_epochs" in trial["architectures"]]
    assert [(trial["seed"], trial["epochs"], trial["status"]) for trial in shared] == [
        (0, 8, "pending"),
        (3, 8, "pending"),
    ]
    assert shared[0]["architectures"] == ["000_convnet", "001_convnet_8_epochs", "004_convnet"]


def test_options_have_variables(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BENCH_SEEDS": "7,", "BENCH_RESULTS": str(tmp_path), "BENCH_JSON": "1"}.items():
        monkeypatch.setenv(name, value)
    plan = json.loads(bench("plan", "dense_512").stdout)
    assert [trial["seed"] for trial in plan["trials"]] == [7]


def test_a_plan_tells_what_another_machine_of_the_same_numerics_recorded(bench: Bench, tmp_path: Path) -> None:
    there = elsewhere(current_environment(1), processor="There")
    fake.save(tmp_path, fake.fake_trials(fake.architectures("dense_512"), [0, 1, 2], where=there))
    asked = ("plan", "dense_512", "--seeds", "4", "--results", str(tmp_path))
    trials = json.loads(bench(*asked, "--json").stdout)["trials"]
    assert [trial["status"] for trial in trials] == ["pending", "elsewhere", "elsewhere", "pending"]
    assert [trial["environment"] for trial in trials] == [there.id] * 3 + [None]
    shown = bench(*asked).stdout
    assert "Elsewhere" in shown
    assert f"2 trials can stand as recorded on {there.id}" in shown.replace("\n", " ")
    retrained = bench(*asked, "--retrain")
    assert "4 of 4 trials to train" in retrained.stdout
    assert "Elsewhere" not in retrained.stdout


def test_a_plan_names_the_evaluations_that_recorded_trials_lack(bench: Bench, tmp_path: Path) -> None:
    fake.save(tmp_path, fake.fake_trials(fake.architectures("dense_512"), [0, 1], where=current_environment(1)))
    asked = ("plan", "dense_512", "--seeds", "3", "--results", str(tmp_path), "--evaluate", "shift, calibration")
    trials = json.loads(bench(*asked, "--json").stdout)["trials"]
    assert [trial["status"] for trial in trials] == ["evaluate", "evaluate", "pending"]
    assert [trial["evaluations"] for trial in trials] == [["calibration", "shift"]] * 3
    words = " ".join(bench(*asked).stdout.split())
    assert "3 of 3 trials to train" in words
    assert "2 of them are recorded, to be trained again to the same bits for calibration and shift." in words


@pytest.mark.parametrize("verb", ["plan", "run"])
def test_an_evaluation_that_there_is_not_is_told_with_the_nearest_name(bench: Bench, tmp_path: Path, verb: str) -> None:
    done = bench(verb, "dense_512", "--results", str(tmp_path), "--evaluate", "blur,shfit")
    assert (done.code, done.stdout) == (2, "")
    assert "there is no evaluation 'shfit'; did you mean 'shift'?" in " ".join(done.stderr.split())


def test_an_evaluation_that_does_not_fit_names_the_spec_the_reason_and_the_remedy(bench: Bench, tmp_path: Path) -> None:
    spec = write_spec(tmp_path / "specs", "scores")
    spec.write_text(spec.read_text().replace("activation: softmax", "activation: sigmoid"))
    folder = tmp_path / "specs"
    done = bench("plan", "--results", str(tmp_path), "--evaluate", "calibration", architectures=folder)
    assert (done.code, done.stdout) == (2, "")
    said = " ".join(done.stderr.split())
    assert "scores.yaml: calibration needs probabilities" in said
    assert "leave it out of --evaluate, or choose other architectures" in said


def test_no_colour_reaches_a_pipe(bench: Bench, tmp_path: Path) -> None:
    done = bench("plan", "00*", "--results", str(tmp_path))
    assert "\x1b" not in done.stdout + done.stderr
    assert "share trials" in done.stdout


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without figures."""
    monkeypatch.setattr(writing, "gallery", lambda *_: ())


@pytest.fixture
def faked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undrawn: None) -> FakeTrainer:
    """An engine that costs nothing in place of the local one, no data, no drawing, and one small spec."""
    del undrawn
    trainer = FakeTrainer()
    monkeypatch.setattr(engine_choice, "make_engine", lambda _: trainer)
    monkeypatch.setattr(app_trainer, "fetch_datasets", lambda *_: None)
    monkeypatch.setattr(inputs, "read_arrays", lambda *_: ())
    write_spec(tmp_path / "specs", "small", epochs=2)
    return trainer


def test_json_is_one_document_with_what_was_trained_and_what_failed(
    bench: Bench, faked: FakeTrainer, tmp_path: Path
) -> None:
    def second_fails(trial: Trial) -> Outcome:
        return Outcome(None, failure=CRASH) if trial.seed else fake_outcome(trial)

    faked.outcome = second_fails
    arguments = ("run", "small", "--seeds", "2", "--json", "--results", str(tmp_path / "results"))
    done = bench(*arguments, architectures=tmp_path / "specs")
    document = json.loads(done.stdout)
    assert (done.code, document["trained"]) == (1, 1)
    [failure] = document["failures"]
    assert (failure["seed"], failure["architectures"], failure["kind"]) == (1, ["small"], "crash")
    assert [row["architecture"] for row in document["architectures"]] == ["small"]
    assert "failed    small seed 1: the process was ended by SIGSEGV" in done.stderr


@pytest.mark.usefixtures("faked")
def test_a_run_that_ends_well_shows_the_headline_and_names_the_files(bench: Bench, tmp_path: Path) -> None:
    arguments = ("run", "--all", "--seeds", "0-1", "--results", str(tmp_path / "results"))
    done = bench(*arguments, architectures=tmp_path / "specs")
    assert done.code == 0
    assert "small" in done.stdout
    lines = done.stderr.splitlines()
    assert lines[0].startswith("2 of 2 trials to train, ")
    assert "training  small seed 0, 2 epochs" in lines
    assert lines[-2:] == [f"wrote {tmp_path / 'results' / name}" for name in ("README.md", "index.html")]
    assert "nothing to train" in bench(*arguments, architectures=tmp_path / "specs").stderr


# From here on with real training; first as a shell starts it, then in this process.

BENCH = [sys.executable, "-c", "from harness.cli import main; main()"]
SMOKE = ("run", "dense_512", "--smoke", "--seeds")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def quiet_run(results: Path) -> subprocess.CompletedProcess[str]:
    arguments = [*SMOKE, "2", "--quiet", "--results", str(results), "--architectures", str(SPECS)]
    return subprocess.run([*BENCH, *arguments], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.training
def test_quiet_says_nothing_and_smoke_results_are_apart(
    quiet_run: subprocess.CompletedProcess[str], results: Path
) -> None:
    assert (quiet_run.returncode, quiet_run.stderr) == (0, "")
    assert {path.name for path in results.iterdir()} == {"smoke"}


@pytest.mark.training
@pytest.mark.usefixtures("quiet_run", "undrawn")
def test_the_same_run_again_trains_nothing(bench: Bench, results: Path) -> None:
    done = bench(*SMOKE, "2", "--results", str(results))
    assert done.code == 0
    assert "nothing to train" in done.stderr


@pytest.mark.training
@pytest.mark.usefixtures("quiet_run", "undrawn")
def test_forced_colours_draw_no_live_display_and_other_threads_are_named(
    bench: Bench, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    done = bench(*SMOKE, "2", "--threads", "2", "--json", "--results", str(results))
    assert "training  dense_512 seed 0" in done.stderr
    assert "trained   dense_512 seed 1" in done.stderr
    assert "\x1b[?25l" not in done.stderr  # a live display hides the cursor
    assert "-2t-" in json.loads(done.stdout)["environment"]
    assert "shown is environment" in done.stderr  # the page is about one thread


def test_training_until_decided_says_what_it_may_cost_and_which_claims_were_decided_where(
    bench: Bench, faked: FakeTrainer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "judge", FakeJudge({"small": 20}))
    asked = ("small", "--until-decided", "--json", "--results", str(tmp_path / "results"))
    planned = json.loads(bench("plan", *asked, architectures=tmp_path / "specs").stdout)
    assert (len(planned["trials"]), planned["most_trials"]) == (10, 40)
    assert planned["most_seconds"] > planned["seconds"] > 0
    done = bench("run", *asked, architectures=tmp_path / "specs")
    claim = {"architecture": "small", "claim": "test_accuracy", "subject": ""}
    assert json.loads(done.stdout)["until_decided"] == {
        "looks": [10, 20, 40],
        "claims": [{**claim, "verdict": "reproduced", "seeds": 20, "look": 20}],
    }
    assert len(faked.trained) == 20
    assert "Look at 20 seeds: small." in done.stderr
    told = json.loads(bench("claims", "--json", *asked[3:], architectures=tmp_path / "specs").stdout)
    assert [verdict["look"] for verdict in told] == [20]


@pytest.mark.training
@pytest.mark.usefixtures("quiet_run", "undrawn")
def test_progress_as_json_is_one_event_per_line(bench: Bench, results: Path) -> None:
    done = bench(*SMOKE, "5,", "--progress", "json", "--results", str(results))
    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert events == ["started", "compiling", "built", "epoch", "finished"]


def until(lines: Iterator[str], word: str) -> None:
    """Read lines up to the first with the word."""
    assert any(word in line for line in lines), f"no line has {word!r}"


@pytest.mark.training
@pytest.mark.usefixtures("interrupts_heard")
def test_ctrl_c_ends_with_130_says_how_to_resume_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    arguments = ["run", "003_wide_conv_dropout", "--seeds", "3", "--progress", "json", "--results", str(tmp_path)]
    with subprocess.Popen(
        [*BENCH, *arguments], cwd=SPECS.parent, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            assert running.stderr is not None
            until(running.stderr, '"event": "built"')  # the first epoch has begun, and takes longer than this test
            os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the group
            _, stderr = running.communicate(timeout=180)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 130
    assert "the same command resumes" in stderr
    assert "Traceback" not in stderr
    assert not list(tmp_path.rglob("*.part"))
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.training
@pytest.mark.usefixtures("undrawn")
def test_a_failed_trial_is_exit_code_1(bench: Bench, tmp_path: Path) -> None:
    done = bench("run", "dense_512", "--seeds", "0", "--timeout", "1", "--results", str(tmp_path))
    assert done.code == 1
    assert "longer than the 1 seconds" in done.stderr
