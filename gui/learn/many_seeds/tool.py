"""Many seeds in the window: the panel, and the runs in the background."""

from __future__ import annotations

from functools import partial

from engine.learn.many_seeds.runs import SeedRuns, SeedsRefused
from engine.run.iteration import Check
from engine.run.spec import drawn_start
from gui.learn.many_seeds.panel import SeedsPanel
from gui.learn.tool import WorkingTool
from gui.learn.tool_host import ToolHost

_SLICE_SECONDS = 0.02


class SeedsTool(WorkingTool):
    """Trains from the seeds that the panel asks for, and shows there how far that is."""

    panel: SeedsPanel

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, SeedsPanel())
        self.panel.run_requested.connect(self._run)
        self.panel.cancel_requested.connect(self.on_closed)
        self.panel.seed_chosen.connect(host.session.choose_seed)

    def on_closed(self) -> None:
        if self.busy:
            self._background.stop()
            self.panel.show_progress(None)

    def on_failed(self) -> None:
        self.panel.show_progress(None)

    def _run(self, first: int, count: int, epochs: int) -> None:
        session, panel = self._host.session, self.panel
        spec, start = session.spec, session.branch.start
        seeds = range(first, first + count)
        try:
            runs = SeedRuns(spec, partial(drawn_start, spec, start), seeds, epochs)
        except SeedsRefused as refusal:
            session.refused.emit(str(refusal))
            return

        def advance(check: Check) -> None:
            runs.advance(_SLICE_SECONDS, check)

        def is_done(_: None) -> bool:
            if runs.result is None:
                panel.show_progress(runs.share_done)
            else:
                panel.show_result(runs.result)
            return runs.result is not None

        panel.show_progress(0.0)
        self._background.compute_slices(advance, is_done)
