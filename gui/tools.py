"""The tools of the "Learn" menu, in its order. How to add one:

1. Write the panel, gui/panels/<name>.py: a QWidget (no card, no title: the host has those) with

       def display(self, view: View) -> None   on every change while it is open, and as it opens
       def restyle(self) -> None               when the theme changes; open or not

   and signals for what the person wants. It is 250 to 390 pixels wide; give it a scroll area if it
   may need more than some 250 pixels of height. Set a focus policy or proxy where the keyboard
   should begin as it opens (else that is the close button). Escape closes the tool unless the
   widget with the focus makes use of it; Space and T step and train unless text is being typed.

2. Write the wiring beside this file, gui/<what it does>.py, as a function

       def add_gradient_check(host: ToolHost) -> None:
           panel = GradientCheckPanel()
           host.add("Gradient check", panel, "&Gradient check", "Ctrl+G", "Check")
           panel.parameter_chosen.connect(...)

   with host.session, host.intents, host.documents and host.canvas to connect to, host.menu for
   entries that are no panels, and host.opened / host.closed for what goes on beside the panel.
   With `over="Result"` a tool leaves the card "Why?" where it is and covers the one below.
   Name the new module in WIRING of tests/test_imports.py.

3. Call the function from `add_tools` below.

One tool is open at a time; `host.open(panel)`, `host.close()` and `host.current` are for those who
open one by other means. In a low window the tool is a page behind a tab of its own, which has room
for one short word.
"""

from __future__ import annotations

from gui.checking_figures import add_published
from gui.comparing import add_comparison
from gui.exercises import add_exercises
from gui.gradient_checking import add_gradient_check
from gui.mistakes_menu import add_mistakes
from gui.panels.mistake_strip import MistakeStrip
from gui.prediction_tool import add_prediction
from gui.seed_comparing import add_seeds
from gui.tool_host import ToolHost


def add_tools(host: ToolHost, strip: MistakeStrip) -> None:
    """Fill the menu; `strip` names the mistakes that are on."""
    add_mistakes(host, strip)
    add_published(host)
    add_gradient_check(host)
    add_comparison(host)
    add_prediction(host)
    add_seeds(host)
    host.menu.addSeparator()
    add_exercises(host)
