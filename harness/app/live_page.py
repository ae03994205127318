"""The page to explore, written again while a run goes on, so that a browser left open shows how far it is."""

from __future__ import annotations

from harness.app.findings import cached, read_inputs
from harness.app.progress import SILENT, Progress
from harness.app.report import ReportOptions
from harness.data.pictures import pictures
from harness.errors import CannotWrite
from harness.execute.engine import TrialEnded, TrialEvent
from harness.planning.plan import Plan
from harness.records.environment import Environment
from harness.records.files import write_atomically

# A page that asks for itself again so often is read from the disk alone.
REFRESH_SECONDS = 20


class LivePage:
    """Writes the page after every round: as many trials as there are networks to train.

    It is about the environment that is trained in; the report at the end writes the page as it stays.
    """

    def __init__(self, about: ReportOptions, environment: Environment, plan: Plan, progress: Progress) -> None:
        self._about = about
        self._environment = environment
        self._round = len({planned.trial.fingerprint for planned in plan.pending})
        self._progress = progress
        self._ended = 0

    def observe(self, event: TrialEvent) -> None:
        """Count a trial that ended, and write the page where it ends a round."""
        if not isinstance(event, TrialEnded):
            return
        self._ended += 1
        if self._ended % self._round == 0:
            self._write()

    def _write(self) -> None:
        """Write it; that it can't be written ends no training."""
        from harness.reporting.explorer.page import index_page
        from harness.reporting.ownership import INDEX

        inputs = read_inputs(self._about, SILENT, cached)
        images = {arrays.dataset.name: shown for arrays in inputs.arrays if (shown := pictures(arrays)) is not None}
        content = index_page(inputs.findings(self._environment.id), images, REFRESH_SECONDS)
        try:
            write_atomically(self._about.folder / INDEX, content)
        except CannotWrite as error:
            self._progress.warn(str(error))
