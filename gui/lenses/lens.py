"""Lens: a card with a closer look at one thing, which stands behind a tab beside the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from engine.run.iteration import Check
from gui import theme
from gui.session.background import Background
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card
from gui.widgets.cover import Cover
from gui.widgets.labels import WrappedLabel
from gui.widgets.plain_text import menu_text

T = TypeVar("T")

_LEAST_TITLE = 40  # pixels at 100 %


class Lens(Card):
    """What all lenses share. A subclass puts its content into `page` and shows a View in `_show`,
    which is called only while the card can be seen. While something is to be predicted a sentence
    covers it: it would give answers away.

    `closed` tells that the person wants it no more.
    """

    closed = Signal()

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._view: View | None = None
        self._is_late = False  # what is shown is not the last view
        self._title = title
        self._texts: dict[Button, tuple[str, str]] = {}  # of the buttons: whole and short
        self.title.setMinimumWidth(1)  # it gives way to a narrow card
        self.note = WrappedLabel(f"{name}Note")
        self.note.setProperty("secondary", True)
        self.note.setMinimumWidth(1)
        self.close_button = Button("✕", f"{name}Close", f"Close “{title}”", self.closed, link=True)
        self.close_button.setAccessibleName(f"Close {title}")
        self._pages = QStackedWidget(self)
        self.page = QWidget(self._pages)
        self._cover = Cover(self._pages)
        self._sentence = Cover(self._pages, "")
        for page in (self.page, self._cover, self._sentence):
            self._pages.addWidget(page)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.note)
        self.corner.addWidget(self.close_button)

    def add_to_head(self, *buttons: Button) -> None:
        """Put link buttons left of the one that closes the card."""
        for place, button in enumerate(buttons):
            button.setMinimumWidth(1)
            self.corner.insertWidget(place, button)
            self.setTabOrder(button, self.close_button)

    def set_title(self, title: str) -> None:
        """Say what is shown, in as many letters as there is room for."""
        self._title = title
        self._fit_head()

    def set_text(self, button: Button, text: str, short: str) -> None:
        """Write on a button of the head, the short text where the whole one has no room."""
        self._texts[button] = text, short
        self._fit_head()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        metrics = self.title.fontMetrics()
        room = self.width() - 2 * theme.MARGIN
        for number in range(2):
            for button, texts in self._texts.items():
                button.setText(menu_text(texts[number]))
            shown = [each for each in (*self._texts, self.close_button) if not each.isHidden()]
            taken = sum(each.sizeHint().width() + theme.GAP for each in shown)
            if metrics.horizontalAdvance(self._title) + theme.GAP <= room - taken:
                break
        left = max(room - taken - theme.GAP, theme.px(_LEAST_TITLE))
        self.title.setText(metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, left))

    def display(self, view: View) -> None:
        """Show a view, at once or as soon as the card can be seen."""
        self._view, self._is_late = view, True
        if self.isVisible():
            self._show_last()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_late:
            self._show_last()

    def again(self) -> None:
        """Show the last view anew: something else was chosen."""
        if self._view is not None:
            self.display(self._view)

    def restyle(self) -> None:
        """Follow a change of colours and of the size of text."""
        self.again()

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the content; "" brings that back."""
        self._sentence.setText(sentence)
        self._pages.setCurrentWidget(self._sentence if sentence else self.page)
        if sentence:
            self.note.setText("")
        self.note.setHidden(bool(sentence))

    @property
    def is_covered(self) -> bool:
        """Whether what it shows is hidden while something is to be predicted."""
        return self._pages.currentWidget() is self._cover

    def _show_last(self) -> None:
        view = self._view
        assert view is not None
        self._is_late = False
        if view.curtain is not None:
            self.note.hide()
            self._pages.setCurrentWidget(self._cover)
            self._rest()
            return
        self.say("")
        self._show(view)

    def _show(self, view: View) -> None:
        """Show a view."""
        raise NotImplementedError

    def leave(self) -> None:
        """The person closed the card: what it marked elsewhere goes too."""

    def _rest(self) -> None:
        """Call off what is being worked out: it is not to be seen."""


class WorkingLens(Lens):
    """A lens that works something out beside the window, one piece after the other, as long as it
    can be seen."""

    def __init__(self, title: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(title, name, parent)
        self._background = Background(self)

    @property
    def busy(self) -> bool:
        """Whether something is being worked out."""
        return self._background.busy

    def finish(self) -> None:
        """Wait until it is worked out."""
        self._background.finish()

    def compute(self, function: Callable[[Check], T], when_done: Callable[[T], None]) -> None:
        """Work out a function and hand over its result; nothing else may be under way."""
        self._background.compute(function, when_done)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest()
        self._is_late = self._view is not None

    def _rest(self) -> None:
        self._background.stop()
