"""The gradient check in the window: the session checks while its panel is open."""

from __future__ import annotations

from gui.learn.gradient_check.panel import GradientCheckPanel
from gui.learn.tool_host import ToolHost


def gradient_check(host: ToolHost) -> GradientCheckPanel:
    """The panel, wired to the session and the network."""
    panel = GradientCheckPanel()
    panel.parameter_chosen.connect(host.canvas.highlight)

    def follow(opened: object, checking: bool) -> None:
        if opened is panel:
            host.canvas.highlight(None)
            host.session.check_gradients(checking)

    host.opened.connect(lambda opened: follow(opened, True))
    host.closed.connect(lambda closed: follow(closed, False))
    return panel
