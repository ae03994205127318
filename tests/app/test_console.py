"""Progress as people see it: nothing where nothing happens, lines in a pipe, a bar on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from harness.app import console
from harness.app.progress import ProgressMode
from harness.data.fetching import FetchEvent, FetchNotice, FetchProgress

ADDRESS = "https://example.org/data/digits.npz"


def shown(monkeypatch: pytest.MonkeyPatch, *events: FetchEvent, terminal: bool) -> str:
    """Return what 80 columns show of the events."""
    file = io.StringIO()
    monkeypatch.setattr(console, "is_watched", lambda _: terminal)
    here = Console(file=file, force_terminal=terminal, width=80, color_system=None)
    with console.Shown(console=here).fetching() as on_event:
        for event in events:
            on_event(event)
    return file.getvalue()


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_is_shown_where_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    assert shown(monkeypatch, terminal=terminal) == ""


def test_a_pipe_gets_the_notices_as_lines_and_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    events = FetchNotice("One [thing]."), FetchProgress(ADDRESS, 5, 10), FetchNotice("Another.")
    assert shown(monkeypatch, *events, terminal=False) == "One [thing].\nAnother.\n"


def test_a_terminal_gets_a_bar_with_bytes_under_the_files_short_name(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, FetchProgress(ADDRESS, 5_000_000, 10_000_000), terminal=True)
    assert "digits.npz" in text
    assert "5.0/10.0 MB" in text
    assert ADDRESS not in text


def test_the_bar_of_a_source_that_failed_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    events = (
        FetchProgress(ADDRESS, 5, 10),
        FetchNotice("It failed."),
        FetchProgress("npm package digits@1.2.3", 0, None),
    )
    last_frame = shown(monkeypatch, *events, terminal=True).split("It failed.")[1].split("\x1b[2K")[-2]
    assert "npm package digits@1.2.3" in last_frame
    assert "digits.npz" not in last_frame


@pytest.mark.parametrize("mode", [ProgressMode.NONE, ProgressMode.JSON])
def test_silence_is_kept_but_for_warnings(mode: ProgressMode) -> None:
    file = io.StringIO()
    quiet = console.Shown(mode, Console(file=file, width=80))
    quiet.say("A step.")
    with quiet.fetching() as on_event:
        on_event(FetchNotice("Fetching."))
    quiet.warn("A [fault].")
    assert file.getvalue() == "warning: A [fault].\n"


def test_nobody_watches_a_notebook_that_cannot_redraw(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Console(force_jupyter=True)
    for found in (None, object()):
        monkeypatch.setattr(console, "find_spec", lambda _, found=found: found)
        assert console.is_watched(notebook) is bool(found)
