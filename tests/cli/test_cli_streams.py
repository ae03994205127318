"""Whatever a command prints to, and in whatever encoding: no traceback, and the exit code of what it did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import fake_records as fake
import pytest

from harness.app.console import SafeConsole
from harness.cli.console import say, stdout
from harness.cli.streams import interruptible
from harness.errors import OutputLost

BENCH = [sys.executable, "-c", "from harness.cli import main; main()"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    fake.save(folder, fake.fake_trials(fake.architectures("dense_512", "000_convnet"), seeds=(0, 1)))
    return folder


def shell(
    command: str, results: Path, cache: Path, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a line of a shell in which $BENCH is the program."""
    known = {"BENCH_RESULTS": str(results), "BENCH_ARCHITECTURES": str(fake.ARCHITECTURES), "BENCH_CACHE": str(cache)}
    program = ["/bin/bash", "-c", command, "bash", *BENCH]
    env = {**os.environ, **known, "COLUMNS": "100", **(variables or {})}
    return subprocess.run(program, capture_output=True, check=False, timeout=60, env=env)


def assert_no_traceback(done: subprocess.CompletedProcess[bytes]) -> None:
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"Exception ignored" not in done.stderr


ENCODINGS = {
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "the C locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_characters_that_an_encoding_lacks_are_replaced(results: Path, shared_cache: Path, encoding: str) -> None:
    done = shell('"$@" show dense_512', results, shared_cache, ENCODINGS[encoding])
    assert_no_traceback(done)
    assert done.returncode == 0
    assert ("28×28".encode("latin-1") if encoding == "Latin-1" else b"28x28") in done.stdout


def test_a_table_of_differences_fits_into_ascii(results: Path, shared_cache: Path) -> None:
    done = shell('"$@" compare dense_512 000_convnet', results, shared_cache, ENCODINGS["ASCII"])
    assert_no_traceback(done)
    assert done.returncode == 0
    assert b" +/- " in done.stdout


@pytest.mark.parametrize(("redirection", "code"), [(">&-", 0), (">/dev/full", 1), ("| true", None), ("2>&-", 0)])
def test_a_stream_that_takes_nothing_is_silence_or_one_sentence(
    results: Path, shared_cache: Path, redirection: str, code: int | None
) -> None:
    done = shell(f'"$@" list {redirection}', results, shared_cache)
    assert_no_traceback(done)
    assert code is None or done.returncode == code
    if code:
        assert done.stderr.decode() == (
            "error: the output can't be written: No space left on device; redirect it to another place\n"
        )


def test_json_holds_what_utf_8_can_not(results: Path, shared_cache: Path, tmp_path: Path) -> None:
    spec = (fake.ARCHITECTURES / "dense_512.yaml").read_text().replace("title: ", "title: é× ", 1)
    (tmp_path / "dense_512.yaml").write_text(spec)
    variables = {"PYTHONIOENCODING": "ascii", "BENCH_ARCHITECTURES": str(tmp_path)}
    done = shell('"$@" list --json', results, shared_cache, variables)
    assert json.loads(done.stdout)[0]["title"].startswith("é× ")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_file_takes_the_place_of_a_closed_stream(closed: str, tmp_path: Path) -> None:
    program = (
        "from harness.cli.streams import guarded\n"
        "with guarded(): file = open('opened', 'w'); print(file.fileno(), file=file, flush=True)"
    )
    subprocess.run(
        ["/bin/bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-c", program], check=True, cwd=tmp_path
    )
    assert int((tmp_path / "opened").read_text()) > 2


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_processes_that_are_started_have_what_was_closed(closed: str, tmp_path: Path) -> None:
    program = (
        "import os, subprocess, sys\n"
        "from harness.cli.streams import guarded\n"
        "child = 'import os; [os.fstat(number) for number in range(3)]'\n"
        "with guarded(): subprocess.run([sys.executable, '-c', child], check=True)"
    )
    subprocess.run(
        ["/bin/bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-c", program], check=True, cwd=tmp_path
    )


def test_control_characters_of_names_do_not_reach_the_terminal() -> None:
    console = SafeConsole(force_terminal=True, width=60, color_system="standard", highlight=False)
    with console.capture() as capture:
        console.print("[red]red[/] \x1b[2J\x9b31m\u202eabc")
    shown = capture.get()
    assert "\\x1b[2J\\x9b31m\\u202eabc" in shown
    assert "\x1b[31mred\x1b[0m" in shown


def test_names_between_colons_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    say("there is no :fire: here")
    stdout().print("nor :smile: here")
    assert capsys.readouterr() == ("nor :smile: here\n", "there is no :fire: here\n")


# Says when the first module of the package is looked for: before that, Python itself is still starting.
STARTED = """
import sys
class Seen:
    def find_spec(self, name, *_):
        if name == "harness":
            print("on", flush=True)
sys.meta_path.insert(0, Seen())
from architecture_bench import main
main()
"""


@pytest.mark.usefixtures("interrupts_heard")
@pytest.mark.parametrize("after", [0, 0.01, 0.03, 0.1, 0.3, 0.6])
@pytest.mark.parametrize("words", [("validate",), ("list",)])
def test_an_interrupt_at_any_moment_leaves_no_traceback(words: tuple[str, ...], after: float, tmp_path: Path) -> None:
    env = {**os.environ, "BENCH_CACHE": str(tmp_path), "BENCH_ARCHITECTURES": str(fake.ARCHITECTURES)}
    with subprocess.Popen(
        [sys.executable, "-c", STARTED, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    assert b"Traceback" not in messages
    assert process.returncode in {0, 130}


SWALLOWED = """
import time, weakref
from harness.cli import streams
class Thing: pass
def interrupted(_):
    raise KeyboardInterrupt
with streams.interruptible():
    thing = Thing()
    watched = weakref.ref(thing, interrupted)
    del thing
    time.sleep(30)
"""


@pytest.mark.usefixtures("interrupts_heard")
def test_an_interrupt_that_python_would_only_report_is_made_again() -> None:
    done = subprocess.run([sys.executable, "-c", SWALLOWED], capture_output=True, check=False, timeout=60)
    assert b"Exception ignored" not in done.stderr
    assert done.stderr.rstrip().endswith(b"KeyboardInterrupt")


def interrupted_and_then(raised: Exception) -> None:
    """Be interrupted, and raise this in the interrupt's place."""
    with interruptible():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as interrupt:
            raise raised from interrupt


@pytest.mark.usefixtures("interrupts_heard")
def test_an_interrupt_that_a_library_makes_another_exception_of_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_and_then(ValueError())


@pytest.mark.usefixtures("interrupts_heard")
def test_after_an_interrupt_a_sentence_for_the_user_is_said() -> None:
    with pytest.raises(OutputLost, match="full"):
        interrupted_and_then(OutputLost(OSError("full")))


def test_without_an_interrupt_an_exception_stays_as_it_is() -> None:
    with pytest.raises(ValueError, match="as it is"), interruptible():
        raise ValueError("as it is")
