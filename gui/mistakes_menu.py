"""The submenu of mistakes: each can be made on purpose, alone or with others."""

from __future__ import annotations

from engine.mistakes import MISTAKES, why_not
from gui.panels.mistake_strip import MistakeStrip, explained
from gui.tool_host import ToolHost
from gui.view import View


def add_mistakes(host: ToolHost, strip: MistakeStrip) -> None:
    """Add the submenu to the "Learn" menu, and wire the strip that names what is on."""
    menu = host.menu.addMenu("&Mistakes")
    menu.setObjectName("mistakesMenu")
    menu.setToolTipsVisible(True)
    actions = {}
    for key, mistake in MISTAKES.items():
        action = menu.addAction(mistake.title.capitalize())
        action.setObjectName(f"mistake/{key}")
        action.setCheckable(True)
        action.triggered.connect(lambda on, key=key: host.intents.set_mistake(key, on))
        actions[key] = action
    menu.addSeparator()
    right = menu.addAction("&Do it right")
    right.setObjectName("mistake/none")
    right.triggered.connect(host.intents.do_it_right)
    strip.right_asked.connect(host.intents.do_it_right)

    def follow(view: View) -> None:
        for key, action in actions.items():
            reason, is_on = why_not(view.spec, key), key in view.spec.mistakes
            action.setChecked(is_on)
            action.setEnabled(is_on or not reason)
            action.setToolTip(explained(MISTAKES[key], reason))
        right.setEnabled(bool(view.spec.mistakes))

    host.session.changed.connect(follow)
