"""Shows how data comes: notices as lines and a bar on stderr; fetches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.markup import escape

from harness.cli.console import is_interactive, stderr

if TYPE_CHECKING:  # harness.data imports NumPy, which verbs that need no data do without
    from rich.progress import Progress, TaskID

    from harness.data import Event


@contextmanager
def shown_fetching(*, silent: bool = False) -> Iterator[Callable[[Event], None]]:
    """Give the function to call with each event of a fetch; cached data causes none."""
    if silent:
        yield lambda _: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = stderr()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not is_interactive())
    tasks: dict[str, TaskID] = {}

    def show(event: Event) -> None:
        from harness.data import Notice

        if isinstance(event, Notice):
            _end(bar, tasks)
            console.print(escape(event.text), soft_wrap=True)
            return
        if event.source not in tasks:
            bar.start()  # only now, so that nothing is drawn where nothing is fetched
            tasks[event.source] = bar.add_task(escape(event.source.rsplit("/", 1)[-1]), total=None)
        bar.update(tasks[event.source], completed=event.done_bytes, total=event.total_bytes)

    try:
        yield show
    finally:
        bar.stop()


def _end(bar: Progress, tasks: dict[str, TaskID]) -> None:
    for task in tasks.values():
        bar.remove_task(task)
    tasks.clear()
