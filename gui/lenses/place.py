"""LensPlace: where the result stands, and beside it, behind tabs, the lenses that are open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QTabBar, QWidget

from gui.widgets.layouts import NO_MARGINS, column


class LensPlace(QWidget):
    """The card of the result, alone as long as nothing is open beside it; else each is a page
    behind a tab, so that the window keeps its parts and their sizes."""

    front_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = QTabBar(self)
        self._tabs.setObjectName("lensTabs")
        self._tabs.setAccessibleName("Result and closer looks")
        self._tabs.setExpanding(True)
        self._tabs.setDrawBase(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tabs.hide()
        self.pages = QStackedWidget(self)
        self._tabs.currentChanged.connect(self._on_chosen)
        self.setLayout(column(self._tabs, (self.pages, 1), gap=4, margins=NO_MARGINS))

    def add(self, title: str, card: QWidget, whole_title: str) -> None:
        """Add a card, made inside `pages`, behind a tab, the result first."""
        self.pages.addWidget(card)
        place = self._tabs.addTab(title)
        self._tabs.setTabToolTip(place, whole_title)
        self._tabs.setAccessibleTabName(place, whole_title)
        self._tabs.setVisible(self._tabs.count() > 1)

    def remove(self, card: QWidget) -> None:
        """Take a card out; the one before it is in front then."""
        place = self.pages.indexOf(card)
        if place < 0:
            return
        inside = QApplication.focusWidget()
        if inside is not None and card.isAncestorOf(inside):
            self._tabs.setFocus()
        self.pages.removeWidget(card)
        card.hide()
        self._tabs.removeTab(place)
        self._tabs.setVisible(self._tabs.count() > 1)
        self.pages.setCurrentIndex(self._tabs.currentIndex())

    @property
    def front(self) -> QWidget | None:
        """The card in front."""
        return self.pages.currentWidget()

    def show_card(self, card: QWidget) -> None:
        """Bring a card to the front."""
        place = self.pages.indexOf(card)
        if place >= 0:
            self._tabs.setCurrentIndex(place)

    def show_card_with(self, inside: QWidget) -> None:
        """Bring the card to the front that something is in."""
        for place in range(self.pages.count()):
            page = self.pages.widget(place)
            if page is not None and (page is inside or page.isAncestorOf(inside)):
                self.show_card(page)

    def _on_chosen(self, place: int) -> None:
        self.pages.setCurrentIndex(place)
        self.front_changed.emit()
