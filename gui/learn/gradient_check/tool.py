"""The gradient check in the window: the session checks while its panel is open."""

from __future__ import annotations

from gui.learn.gradient_check.panel import GradientCheckPanel
from gui.learn.tool import Tool
from gui.learn.tool_host import ToolHost


class GradientCheckTool(Tool):
    """Has the session check gradients while the panel is open, and marks on the network the
    parameter that was chosen in it."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, GradientCheckPanel())
        self.panel.parameter_chosen.connect(host.canvas.highlight)

    def on_opened(self) -> None:
        self._check(True)

    def on_closed(self) -> None:
        self._check(False)

    def _check(self, wanted: bool) -> None:
        self._host.canvas.highlight(None)
        self._host.session.check_gradients(wanted)
