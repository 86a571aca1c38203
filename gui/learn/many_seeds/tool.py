"""Many seeds in the window: the panel, and the runs in the background."""

from __future__ import annotations

from functools import partial

from engine.learn.many_seeds import SeedRuns, SeedsRefused
from engine.run.spec import drawn_start
from gui.learn.many_seeds.panel import SeedsPanel
from gui.learn.many_seeds.seed_runner import SeedRunner
from gui.learn.tool_host import ToolHost


def seeds(host: ToolHost) -> SeedsPanel:
    """The panel, wired to the runs."""
    panel, runner = SeedsPanel(), SeedRunner(host)

    def run(first: int, count: int, epochs: int) -> None:
        spec, start = host.session.spec, host.session.branch.start
        chosen = range(first, first + count)
        try:
            runs = SeedRuns(spec, partial(drawn_start, spec, start), chosen, epochs)
        except SeedsRefused as refusal:
            host.session.refused.emit(str(refusal))
            return
        panel.show_progress(0.0)
        runner.start(runs)

    def cancel() -> None:
        if runner.running:
            runner.cancel()
            panel.show_progress(None)

    panel.run_requested.connect(run)
    panel.cancel_requested.connect(cancel)
    panel.seed_chosen.connect(host.session.choose_seed)
    runner.progressed.connect(panel.show_progress)
    runner.finished.connect(panel.show_result)
    host.closed.connect(lambda closed: cancel() if closed is panel else None)
    return panel
