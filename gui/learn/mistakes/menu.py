"""The submenu of mistakes: each can be made on purpose, alone or with others."""

from __future__ import annotations

from engine.run.mistakes import MISTAKES, why_not
from gui.learn.mistakes.strip import explained
from gui.learn.tool_host import ToolHost
from gui.view import View
from gui.widgets.plain_text import set_rich_tip


def add_mistakes(host: ToolHost) -> None:
    """Add the submenu: an entry that turns each mistake on or off, and one that turns off all."""
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

    def follow(view: View) -> None:
        for key, action in actions.items():
            is_on = key in view.spec.mistakes
            action.setChecked(is_on)
            action.setEnabled(is_on or not why_not(view.spec, key))
        right.setEnabled(bool(view.spec.mistakes))

    def explain() -> None:
        for key, action in actions.items():
            set_rich_tip(action, explained(MISTAKES[key], why_not(host.session.spec, key)))

    host.session.changed.connect(follow)
    menu.aboutToShow.connect(explain)
