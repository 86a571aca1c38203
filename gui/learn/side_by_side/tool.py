"""Right and wrong side by side in the window: both runs are trained beside the session's own."""

from __future__ import annotations

from engine.learn.side_by_side.runs import Comparison, SideBySide
from engine.maths.activations import Array
from engine.run.iteration import Check
from engine.run.spec import Spec
from gui.learn.side_by_side.panel import ComparisonPanel
from gui.learn.tool import WorkingTool
from gui.learn.tool_host import ToolHost
from gui.view import View

# Long enough to cost nothing, short enough that the curves grow before one's eyes.
_SLICE_SECONDS = 0.1

Asked = tuple[Spec, Array, tuple[str, ...], int]


class SideBySideTool(WorkingTool):
    """Keeps the panel supplied while it is open: the comparison begins anew when the document's
    settings, start values or mistakes change."""

    panel: ComparisonPanel

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, ComparisonPanel())
        self._asked: Asked | None = None
        self._found: Comparison | None = None
        self.panel.asked.connect(host.session.announce)
        self.panel.stopped.connect(self._stop)
        self.panel.parameter_chosen.connect(host.canvas.highlight)

    def on_closed(self) -> None:
        super().on_closed()
        self._asked = None
        self._host.canvas.highlight(None)

    def on_failed(self) -> None:
        self._stop()

    def follow(self, view: View) -> None:
        if view.start is None:
            return
        asked = view.spec, view.start, self.panel.mistakes, self.panel.epochs
        if self._asked is not None and _same(asked, self._asked):
            return
        self._asked = asked
        self._background.stop()
        self._found = None
        can_train = view.spec.can_train
        self.panel.show_comparison(None, running=can_train)
        if can_train:
            self._run(SideBySide(*asked))

    def _run(self, runs: SideBySide) -> None:
        def advance(check: Check) -> Comparison:
            return runs.advance(_SLICE_SECONDS, check)

        def is_done(found: Comparison) -> bool:
            self._found = found
            self.panel.show_comparison(found, running=not found.is_done)
            return found.is_done

        self._background.compute_slices(advance, is_done)

    def _stop(self) -> None:
        """Leave both runs where they are."""
        self._background.stop()
        self.panel.show_comparison(self._found, running=False)


def _same(asked: Asked, before: Asked) -> bool:
    """Whether a comparison is the same one; arrays and settings are replaced, never changed."""
    return asked[0] is before[0] and asked[1] is before[1] and asked[2:] == before[2:]
