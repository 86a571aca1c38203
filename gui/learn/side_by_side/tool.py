"""Right and wrong side by side in the window: both runs are trained beside the session's own."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from engine.learn.side_by_side import Comparison, SideBySide
from engine.maths.activations import Array
from engine.run.iteration import Check
from engine.run.spec import Spec
from gui.learn.side_by_side.panel import ComparisonPanel
from gui.learn.tool_host import ToolHost
from gui.session.background import Background
from gui.view import View

# Long enough to cost nothing, short enough that the curves grow before one's eyes.
_SLICE_SECONDS = 0.1

Asked = tuple[Spec, Array, tuple[str, ...], int]


class Comparing(QObject):
    """Keeps the panel supplied while it is open: the comparison begins anew when the document's
    settings, start values or mistakes change."""

    def __init__(self, host: ToolHost, panel: ComparisonPanel) -> None:
        super().__init__(host)
        self._host = host
        self._panel = panel
        self._background = Background(self)
        self._asked: Asked | None = None
        self._found: Comparison | None = None
        app = QCoreApplication.instance()
        assert app is not None
        app.aboutToQuit.connect(self._background.close)
        host.opened.connect(self._on_opened)
        host.closed.connect(self._on_closed)
        host.changed.connect(self._follow)
        panel.asked.connect(host.session.announce)
        panel.stopped.connect(self._stop)
        panel.parameter_chosen.connect(host.canvas.highlight)

    def finish(self) -> None:
        """Wait until both runs have come to their end."""
        self._background.finish()

    def _on_opened(self, panel: object) -> None:
        if panel is self._panel:
            self._host.session.announce()

    def _on_closed(self, panel: object) -> None:
        if panel is self._panel:
            self._background.stop()
            self._asked = None
            self._host.canvas.highlight(None)

    def _follow(self, view: View) -> None:
        if self._host.current is not self._panel or view.start is None:
            return
        asked = view.spec, view.start, self._panel.mistakes, self._panel.epochs
        if self._asked is not None and _same(asked, self._asked):
            return
        self._asked = asked
        self._background.stop()
        self._found = None
        can_train = view.spec.can_train
        self._panel.show_comparison(None, running=can_train)
        if can_train:
            self._go_on(SideBySide(*asked))

    def _go_on(self, runs: SideBySide) -> None:
        def advance(check: Check) -> Comparison:
            return runs.advance(_SLICE_SECONDS, check)

        def arrive(found: Comparison) -> None:
            self._found = found
            self._panel.show_comparison(found, running=not found.is_done)
            if not found.is_done:
                self._go_on(runs)

        self._background.compute(advance, arrive)

    def _stop(self) -> None:
        """Leave both runs where they are."""
        self._background.stop()
        self._panel.show_comparison(self._found, running=False)


def comparison(host: ToolHost) -> ComparisonPanel:
    """The panel, supplied with both runs."""
    panel = ComparisonPanel()
    Comparing(host, panel)
    return panel


def _same(asked: Asked, before: Asked) -> bool:
    """Whether a comparison is the same one; arrays and settings are replaced, never changed."""
    return asked[0] is before[0] and asked[1] is before[1] and asked[2:] == before[2:]
