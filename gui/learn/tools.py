"""The tools of the "Learn" menu, in its order. How to add one:

1. Write the panel, gui/panels/<name>.py: a QWidget (no card, no title: the host has those) with

       def display(self, view: View) -> None   on every change while it is open, and as it opens
       def restyle(self) -> None               when the theme changes; open or not

   and signals for what the person wants. It is 250 to 390 pixels wide; give it a scroll area if it
   may need more than some 250 pixels of height. Set a focus policy or proxy where the keyboard
   should begin as it opens (else that is the close button). Escape closes the tool unless the
   widget with the focus makes use of it; Space and T step and train unless text is being typed.

2. Write the wiring beside this file, gui/<what it does>.py, as a function

       def gradient_check(host: ToolHost) -> GradientCheckPanel:
           panel = GradientCheckPanel()
           panel.parameter_chosen.connect(...)
           return panel

   with host.session, host.intents, host.documents and host.canvas to connect to, host.menu for
   entries that are no panels, and host.opened / host.closed for what goes on beside the panel.
   Name the new module in WIRING of tests/test_imports.py.

3. Add it in `add_tools` below, with a function that imports the wiring: no tool is loaded or built
   before it is opened for the first time, so that the window is up sooner. With `over="Result"` a
   tool leaves the card "Why?" where it is and covers the one below.

One tool is open at a time; `host.open(title)`, `host.close()` and `host.current` are for those who
open one by other means. In a low window the tool is a page behind a tab of its own, which has room
for one short word.
"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.learn.exercises.tool import add_exercises
from gui.learn.mistakes.menu import add_mistakes
from gui.learn.mistakes.strip import MistakeStrip
from gui.learn.predict.menu import PredictionMenu
from gui.learn.tool_host import ToolHost


def add_tools(host: ToolHost, strip: MistakeStrip) -> None:
    """Fill the menu; `strip` names the mistakes that are on."""
    add_mistakes(host, strip)
    host.add(
        "Published against right", _published, "P&ublished against right", "Ctrl+L", "Figures"
    )
    host.add("Gradient check", _gradient_check, "&Gradient check", "Ctrl+G", "Check")
    host.add("Right and wrong side by side", _comparison, "&Side by side", "Ctrl+B", "Compare")
    PredictionMenu(host)
    host.add("Many seeds", _seeds, "Run ma&ny seeds", None, "Seeds")
    host.menu.addSeparator()
    add_exercises(host)


def _published(host: ToolHost) -> QWidget:
    from gui.learn.published.tool import published

    return published(host)


def _gradient_check(host: ToolHost) -> QWidget:
    from gui.learn.gradient_check.tool import gradient_check

    return gradient_check(host)


def _comparison(host: ToolHost) -> QWidget:
    from gui.learn.side_by_side.tool import comparison

    return comparison(host)


def _seeds(host: ToolHost) -> QWidget:
    from gui.learn.many_seeds.tool import seeds

    return seeds(host)
