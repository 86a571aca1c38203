"""The "Learn" menu: a row for each tool, in the order in which they stand. How to add one:

1. Its folder, gui/learn/<name>/, with panel.py: a QWidget (no card, no title: the host has those)
   with

       def display(self, view: View) -> None   on every change while it is open, and as it opens
       def restyle(self) -> None               when the theme changes; open or not

   and signals for what the person wants. It is 224 to 390 pixels wide; give it a scroll area if it
   may need more than some 250 pixels of height. Set a focus policy or proxy where the keyboard
   should begin as it opens (else that is the close button). Escape closes the tool unless the
   widget with the focus makes use of it; Space and T step and train unless text is being typed.

2. In the same folder tool.py, a class that wires the panel:

       class GradientCheckTool(Tool):
           def __init__(self, host: ToolHost) -> None:
               super().__init__(host, GradientCheckPanel())
               self.panel.parameter_chosen.connect(...)

   with host.session, host.intents, host.documents and host.canvas to connect to. A WorkingTool
   has a Background for what would hold the window up. What it computes without the window is in
   engine/learn/<name>/.

3. Its row in MENU. Nothing of a tool is loaded or built before it is opened for the first time,
   so that the window is up sooner. With `over="Result"` it leaves the card "Why?" where it is and
   covers the one below. In a low window it is a page behind a tab of its own, which has room for
   one short word.

One tool is open at a time; `host.open(title)`, `host.close()` and `host.current` are for those who
open one by other means. Entries of the menu that are no tools are functions of the host.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from gui.learn.exercises.tool import add_exercises
from gui.learn.mistakes.menu import add_mistakes
from gui.learn.predict.menu import TITLE as PREDICT
from gui.learn.predict.menu import add_lock
from gui.learn.tool_host import ToolHost, ToolRow


def add_tools(host: ToolHost) -> None:
    """Fill the menu."""
    for row in MENU:
        if isinstance(row, ToolRow):
            host.add(row)
        else:
            row(host)


def _in(folder: str, name: str) -> Callable[[ToolHost], Any]:
    """What makes a tool, by its folder and its class; the folder is loaded as that is called."""
    return lambda host: getattr(import_module(f"gui.learn.{folder}.tool"), name)(host)


def _separate(host: ToolHost) -> None:
    host.menu.addSeparator()


MENU: tuple[ToolRow | Callable[[ToolHost], None], ...] = (
    add_mistakes,
    ToolRow(
        "Published against right", "P&ublished against right",
        _in("published", "PublishedTool"), "Ctrl+L", "Figures",
    ),
    ToolRow(
        "Gradient check", "&Gradient check",
        _in("gradient_check", "GradientCheckTool"), "Ctrl+G", "Check",
    ),
    ToolRow(
        "Right and wrong side by side", "Right and wrong &side by side",
        _in("side_by_side", "SideBySideTool"), "Ctrl+B", "Compare",
    ),
    ToolRow(PREDICT, "&Predict, then reveal", _in("predict", "PredictTool"), "Ctrl+P", "Predict"),
    add_lock,
    ToolRow("Many seeds", "Ma&ny seeds", _in("many_seeds", "SeedsTool"), tab="Seeds"),
    _separate,
    add_exercises,
)  # fmt: skip
