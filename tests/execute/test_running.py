"""What is kept of a failed trial's log."""

from __future__ import annotations

from pathlib import Path

from harness.execute.running import LOG_LINES, last_lines, oom_kills


def test_the_last_lines_of_a_log_are_kept_without_the_users_folder(tmp_path: Path) -> None:
    log = tmp_path / "trial.log"
    log.write_text("\n".join([f"line {number}" for number in range(100)] + [f'File "{Path.home()}/secret.py"']))
    lines = last_lines(log)
    assert len(lines) == LOG_LINES
    assert lines[0] == "line 81"
    assert lines[-1] == 'File "~/secret.py"'


def test_no_log_is_no_lines(tmp_path: Path) -> None:
    assert last_lines(tmp_path / "none.log") == ()


def test_the_systems_kills_for_memory_are_counted_where_it_tells_them(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 12\noom_kill 3\n")
    assert oom_kills(vmstat) == 3
    assert oom_kills(tmp_path / "none") == 0
