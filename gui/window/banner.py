"""Banner: says what was refused or what went wrong, with a way on, in a strip kept free for it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui import theme
from gui.widgets.buttons import Button
from gui.widgets.labels import WrappedLabel
from gui.widgets.layouts import row
from gui.widgets.plain_text import set_tip
from gui.widgets.style_property import set_style_property

_HEIGHT = 28  # pixels: two lines

Action = tuple[str, Callable[[], object]]  # the word on a button, and what it does


class Banner(QFrame):
    """One sentence and at most three actions; hidden while there is nothing to say.

    It stands in a strip that is always there, so that a message neither moves nor covers anything:
    `companion` is what stands there else, and gives way to it. A sentence takes two lines at most;
    one that is too long for them is whole in the tooltip.
    """

    def __init__(self, companion: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._companion = companion
        self._sentence = self._good = ""
        self._actions: tuple[Action, ...] = ()
        # What stays until it is closed: the sentence that was said last is on top.
        self._standing: list[tuple[str, tuple[Action, ...]]] = []
        self._text = WrappedLabel("bannerText")
        self._text.setProperty("letters", "small")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long sentence is cut, and does not widen the window.
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._buttons = (
            Button("", "bannerAction", "", lambda: self._act(0), link=True),
            Button("", "bannerOther", "", lambda: self._act(1), link=True),
            Button("", "bannerThird", "", lambda: self._act(2), link=True),
        )
        self._close = Button("Close", "bannerClose", "", self.fall_silent, link=True)
        parts = (self._text, 1), *self._buttons, self._close
        self._layout = row(*parts, gap=theme.MARGIN, margins=(theme.GAP, 0, theme.GAP, 0))
        self.setLayout(self._layout)
        self.restyle()
        self.hide()

    def restyle(self) -> None:
        """Follow the size of text."""
        self.setFixedHeight(theme.px(_HEIGHT))

    @property
    def text(self) -> str:
        """The sentence that was said last."""
        return self._sentence

    def say(
        self, sentence: str, *actions: Action, stays: bool = False, is_good: bool = False
    ) -> None:
        """Show a sentence, with buttons if there is something to be done about it. One that
        `stays` does so until it is closed, or another is said about which the same can be done.
        What is said meanwhile takes its place only until that is closed or the moment is over.
        What `is_good` has no red edge."""
        words = [word for word, _ in actions]
        if stays and self.isVisible() and sentence == self._sentence:
            return  # what fails in a repaint may fail in each
        if stays:
            others = [each for each in self._standing if [word for word, _ in each[1]] != words]
            self._standing = [*others, (sentence, actions)]
        self._good = sentence if is_good else self._good
        set_style_property(self, "good", sentence == self._good)
        self._sentence = sentence
        self._actions = actions
        for number, button in enumerate(self._buttons):
            word = words[number] if number < len(words) else ""
            button.setText(word)
            button.setAccessibleName(word)
            button.setVisible(bool(word))
        self._text.setAccessibleName(sentence)
        self._companion.hide()
        self.show()
        self._fit()

    def pass_over(self) -> None:
        """Leave what is said about a moment that is over: what stays is there again."""
        if not self.isHidden() and self._sentence not in (each for each, _ in self._standing):
            self._show_standing()

    def fall_silent(self) -> None:
        """Leave what is said."""
        self.withdraw(self._sentence)

    def withdraw(self, sentence: str) -> None:
        """Leave a sentence: what stays beneath it is there again, or what stands in the strip
        without a message."""
        self._standing = [each for each in self._standing if each[0] != sentence]
        if sentence == self._sentence:
            self._show_standing()

    def _show_standing(self) -> None:
        if self._standing:
            sentence, actions = self._standing[-1]
            self.say(sentence, *actions)
        else:
            self.hide()
            self._companion.show()

    def _act(self, number: int) -> None:
        self._actions[number][1]()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Write as much of the sentence as there is room for."""
        self._layout.activate()
        count, most = 0, len(self._sentence)
        while count < most:
            middle = (count + most + 1) // 2
            if self._has_room(self._cut(middle)):
                count = middle
            else:
                most = middle - 1
        self._text.setText(self._cut(count))
        is_whole = count == len(self._sentence)
        set_tip(self._text, "" if is_whole else self._sentence, wraps=True)

    def _cut(self, count: int) -> str:
        """The sentence, or its first characters with a mark that something is missing."""
        if count == len(self._sentence):
            return self._sentence
        return self._sentence[:count].rstrip() + " …"

    def _has_room(self, words: str) -> bool:
        room = self._text.contentsRect()
        wrapped = Qt.TextFlag.TextWordWrap
        needed = self._text.fontMetrics().boundingRect(room, wrapped, words)
        return needed.height() <= room.height() and needed.width() <= room.width()
