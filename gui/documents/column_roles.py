"""ColumnRoles: what each column of a table is taken for, as a list that a person changes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from engine.data.proposal import KINDS, ROLES, Role, classes_of
from engine.data.table import Column, Table
from engine.text.numbers import format_count
from engine.text.wording import shortened
from gui import theme
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.plain_text import tip_text

_SEEN = 6  # rows
_FIRST = 4  # cells that are shown of a column


class ColumnRoles(QTableWidget):
    """A row for each column: its name, what it is taken for, as what, and its first cells.
    `changed` says that the person chose something."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 4)
        self.setObjectName("tableColumns")
        self.setAccessibleName("Columns of the table")
        self.setHorizontalHeaderLabels(["Column", "Taken for", "As", "First rows"])
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self._roles: list[Choice] = []
        self._kinds: list[Choice] = []
        self._columns: tuple[Column, ...] = ()
        self._whys: tuple[str, ...] = ()

    def show_table(self, table: Table, roles: tuple[Role, ...]) -> None:
        """Show the columns of a table, with what is proposed for each."""
        self.setRowCount(0)
        self._roles, self._kinds, self._columns = [], [], table.columns
        self._whys = tuple(role.why for role in roles)
        self.setRowCount(len(roles))
        for row, (column, role) in enumerate(zip(table.columns, roles, strict=True)):
            name = QTableWidgetItem(shortened(column.heading))
            name.setData(Qt.ItemDataRole.ToolTipRole, tip_text(column.heading))
            self.setItem(row, 0, name)
            spoken = shortened(column.heading)
            self._roles.append(self._choice(row, 1, f"tableRole{row}", spoken, ROLES))
            self._kinds.append(self._choice(row, 2, f"tableKind{row}", f"{spoken} as", KINDS))
            self._roles[row].show_key(role.role)
            self._kinds[row].show_key(role.kind)
            self._describe(row)
        self.verticalHeader().setDefaultSectionSize(theme.px(30))
        seen = min(_SEEN, len(roles)) + 1
        self.setFixedHeight(theme.px(30) * seen + theme.px(8))

    def roles(self) -> tuple[Role, ...]:
        """What was chosen."""
        return tuple(
            Role(role.key, kind.key) for role, kind in zip(self._roles, self._kinds, strict=True)
        )

    def _choice(
        self, row: int, column: int, name: str, spoken: str, titles: dict[str, str]
    ) -> Choice:
        choice = Choice(name, spoken)
        choice.offer([ChoiceItem(key, title) for key, title in titles.items()])
        choice.setMinimumWidth(theme.px(96))
        choice.chosen.connect(lambda key: self._on_chosen(choice, key, row))
        self.setCellWidget(row, column, choice)
        return choice

    def _on_chosen(self, choice: Choice, key: str, row: int) -> None:
        choice.show_key(key)
        self._describe(row)
        self.changed.emit()

    def _describe(self, row: int) -> None:
        """Say what stands in a column: its first cells, or its classes."""
        column, role, kind = self._columns[row], self._roles[row].key, self._kinds[row].key
        self._kinds[row].setEnabled(role != "out")
        if role == "out" and self._whys[row]:
            text = f"({self._whys[row]})"
        elif role != "out" and kind == "class":
            classes = classes_of(column)
            more = f" … {format_count(len(classes))} in all" if len(classes) > _FIRST else ""
            text = " · ".join(map(shortened, classes[:_FIRST])) + more
        else:
            text = "   ".join(shortened(cell) or "—" for cell in column.cells[:_FIRST]) + "  …"
        cell = QTableWidgetItem(text)
        cell.setData(Qt.ItemDataRole.ToolTipRole, tip_text(text))
        self.setItem(row, 3, cell)
