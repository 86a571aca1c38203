"""Column: cards one below the other where there is room, behind tabs where there is not."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QWidget

from gui import theme
from gui.widgets.layouts import NO_MARGINS, column


class Column(QWidget):
    """Cards of one side of the window, each with its share of the height.

    Cards are made inside `place` and then added: Qt styles all that is inside a card anew when it
    gets another parent, so a window that is built from the outside in is there sooner.

    As soon as the column is lower than `needs` pixels (at 100 % text) the cards turn into pages
    behind tabs with their titles, so that each of them keeps enough room to be read;
    `tabbed_changed` tells, for whoever has a card that then wants a page here too.
    """

    tabbed_changed = Signal(bool)
    guest_came = Signal()  # another card is shown in the place of one

    def __init__(self, needs: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[tuple[str, QWidget, int]] = []
        self._needs = needs
        self._tabbed: bool | None = None
        self._moved = False  # by the person, whose choice then stays
        self._guest: tuple[str, QWidget, int] | None = None  # and the number of the card it covers
        self._shows_one = False
        self._splitter = QSplitter(Qt.Orientation.Vertical, self)
        self._splitter.setHandleWidth(theme.MARGIN)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.splitterMoved.connect(self._on_moved)
        self._tabs = QTabBar(self)
        self._tabs.setExpanding(True)
        self._tabs.setDrawBase(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self._tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._pages = QStackedWidget(self)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        parts = self._tabs, (self._pages, 1), (self._splitter, 1)
        self.setLayout(column(*parts, gap=4, margins=NO_MARGINS))
        self._arrange(False)

    @property
    def place(self) -> QWidget:
        """Where the cards of a column that is high enough are."""
        return self._splitter

    def add(self, title: str, card: QWidget, share: int) -> None:
        """Add a card below the others, before the column is shown."""
        self._cards.append((title, card, share))
        self._tabs.addTab(title)

    @property
    def tabbed(self) -> bool:
        """Whether the cards stand behind tabs."""
        return bool(self._tabbed)

    def show_card(self, card: QWidget) -> None:
        """Bring a card to the front if the cards stand behind tabs."""
        if self.tabbed and card is not self._pages.currentWidget():
            self._tabs.setCurrentIndex(self._pages.indexOf(card))

    def show_card_with(self, inside: QWidget) -> None:
        """Bring the card to the front that something is in."""
        for place in range(self._pages.count()):
            page = self._pages.widget(place)
            if page is not None and (page is inside or page.isAncestorOf(inside)):
                self.show_card(page)

    def add_page(self, title: str, card: QWidget) -> None:
        """Take one more card behind a tab of its own; it leaves by being put elsewhere."""
        self._pages.addWidget(card)
        self._tabs.addTab(title)

    def drop_last_tab(self) -> None:
        """Remove the tab of a card that has been put elsewhere."""
        self._tabs.removeTab(self._tabs.count() - 1)

    def show_one(self, wanted: bool) -> None:
        """Show one card alone, the first or the guest, as high as the column; or all again."""
        self._shows_one = wanted
        self._share_out()
        self._show_cards()

    def show_guest(self, title: str, guest: QWidget, over: str) -> None:
        """Show another card in the place of the one with the title `over`; behind tabs, bring it
        to the front. A guest shown before has to be sent away first."""
        covered = next(k for k, (name, _, _) in enumerate(self._cards) if name == over)
        self._guest = title, guest, covered
        self._seat_guest()
        self.guest_came.emit()

    def send_guest_away(self) -> None:
        """Show all cards again; the guest is out of sight then."""
        if self._guest is None:
            return
        (_, guest, covered), self._guest = self._guest, None
        sizes = self._splitter.sizes()
        if self.tabbed:
            self._tabs.removeTab(len(self._cards))
            self._tabs.setCurrentIndex(covered)
        guest.setParent(self)
        guest.hide()
        self._show_cards()
        if not self.tabbed and not self._shows_one:
            del sizes[covered + 1]
            sizes[covered] = self._splitter.height() - sum(sizes) + sizes[covered]
            self._splitter.setSizes(sizes)
        self._pages.setCurrentIndex(self._tabs.currentIndex())

    def _seat_guest(self) -> None:
        """Put the guest into the place of the card it covers, or behind its tab."""
        if self._guest is None:
            return
        title, guest, covered = self._guest
        if self.tabbed:
            place = len(self._cards)
            self._pages.insertWidget(place, guest)
            self._tabs.insertTab(place, title)
            self._tabs.setCurrentIndex(place)
            self._pages.setCurrentIndex(place)
        else:
            sizes = self._splitter.sizes()
            self._splitter.insertWidget(covered, guest)
            sizes.insert(covered + 1, 0)
            self._splitter.setSizes(sizes)
        guest.show()
        self._show_cards()

    def _show_cards(self) -> None:
        """Show the cards that are to be seen one below the other."""
        if self.tabbed:
            return
        covered = None if self._guest is None else self._guest[2]
        for number, (_, card, _) in enumerate(self._cards):
            is_alone = number == 0 and self._guest is None
            card.setVisible(is_alone if self._shows_one else number != covered)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def restyle(self) -> None:
        """Follow a change of the size of text."""
        self._share_out()

    def _share_out(self) -> None:
        self._arrange(self.height() < theme.px(self._needs) and not self._shows_one)
        if not self._moved and not self._shows_one:
            shares = [share for _, _, share in self._cards]
            sizes = [self.height() * share // sum(shares) for share in shares]
            if self._guest is not None and not self.tabbed:
                sizes.insert(self._guest[2] + 1, 0)
            self._splitter.setSizes(sizes)

    def _on_moved(self) -> None:
        self._moved = True

    def _arrange(self, tabbed: bool) -> None:
        if tabbed == self._tabbed:
            return
        was_tabbed, self._tabbed = self._tabbed, tabbed
        focus = self.window().focusWidget()
        if was_tabbed and self._guest is not None:
            self._tabs.removeTab(len(self._cards))
        for index, (_, card, _) in enumerate(self._cards):
            if tabbed:
                self._pages.insertWidget(index, card)
            else:
                self._splitter.addWidget(card)
        self._tabs.setVisible(tabbed)
        self._pages.setVisible(tabbed)
        self._splitter.setVisible(not tabbed)
        self._pages.setCurrentIndex(self._tabs.currentIndex())
        self._show_cards()
        self._seat_guest()
        self.tabbed_changed.emit(tabbed)
        if focus is not None and self.isAncestorOf(focus) and focus.isVisible():
            focus.setFocus()  # Qt takes it from what moves to another parent
