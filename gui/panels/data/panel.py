"""Data: the training set as an editable table, with what the network makes of each sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.documents.whole_file import read_up_to, reason
from engine.run.iteration import Check, Interrupted, never
from engine.run.limits import MAX_TABLE_BYTES, QUICK_BYTES, SAMPLES
from engine.run.scaling import SCALINGS
from engine.run.spec import Data
from engine.text.numbers import format_count
from gui.panels.data.model import DataModel
from gui.tables.number_table import NumberTable
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card
from gui.widgets.labels import ErrorLabel
from gui.widgets.menu_entry import choice_entry
from gui.widgets.name_field import name_field
from gui.widgets.typed_text import take_typed_text
from gui.widgets.waiting import waited_for

if TYPE_CHECKING:
    from engine.data.csv_samples import CsvSamples
    from gui.panels.data.split_dialog import SplitDialog

_GAP = 24  # pixels that a link in the head takes beside its words


def _looks(view: View) -> tuple[object, ...]:
    """What the widths of the columns depend on."""
    return id(view.spec.data), view.digits, view.notation


class DataPanel(Card):
    """The training set. The row of the sample shown is marked; going to another row asks for
    that sample."""

    sample_chosen = Signal(int)
    rows_marked = Signal()  # rows that were asked for elsewhere
    asked = Signal(object)  # the Given or StepId of the sample shown that the person went to
    input_edited = Signal(int, int, float)  # row, input, value
    target_edited = Signal(int, int, float)  # row, output, value
    cells_pasted = Signal(object)  # the Data that the paste makes of the present one
    rows_added = Signal(object)  # list of (inputs, targets), each a list of numbers
    rows_removed = Signal(object)  # list of rows
    test_chosen = Signal(object)  # the rows to test with, and no others
    validation_chosen = Signal(object)  # the rows to decide by when to stop, and no others
    data_replaced = Signal(object, object)  # Data, and names of its inputs or None
    scaling_chosen = Signal(str)  # a key of SCALINGS, "" for none
    unit_renamed = Signal(int, int, str)  # layer, unit
    target_renamed = Signal(int, str)  # column

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Data", parent)
        self._view: View | None = None
        self._model = DataModel()
        self._model.setParent(self)
        self._table = NumberTable(self._model)
        self._table.setObjectName("dataTable")
        self._table.setAccessibleName("Training set")
        self._add = Button(
            "+ row", "addRow", "Add a sample, a copy of the last one", self._add_row, link=True
        )
        self._csv = Button(
            "CSV…", "readCsv", "Read the samples from a CSV file", self._choose_csv, link=True
        )
        self._test = Button(
            "test…", "chooseTest", "Keep a share of the samples out of training, to test with",
            self.choose_test, link=True,
        )
        self._scale = Button(
            "scale…", "scaleData", "How the numbers are scaled for the network",
            self._open_scaling, link=True,
        )
        self._menu = QMenu(self)
        self._error = ErrorLabel("dataError")
        remove = QAction("Remove these samples", self._table)
        remove.setObjectName("removeRows")
        keep = QAction("Keep out of training, or train on again", self._table)
        keep.setObjectName("toggleTest")
        validate = QAction("Validate with, or train on again", self._table)
        validate.setObjectName("toggleValidation")
        self._table.addActions([remove, keep, validate])
        self.title.setMinimumWidth(1)
        self.corner.addWidget(self._add)
        self.corner.addWidget(self._csv)
        self.corner.addWidget(self._test)
        self.corner.addWidget(self._scale)
        self.body.addWidget(self._table, 1)
        self.body.addWidget(self._error)
        remove.triggered.connect(take_typed_text)
        keep.triggered.connect(take_typed_text)
        keep.triggered.connect(self._toggle_test)
        validate.triggered.connect(take_typed_text)
        validate.triggered.connect(self._toggle_validation)
        remove.triggered.connect(lambda: self._remove(self._table.selected_rows()))
        self._model.edited.connect(self._on_edited)
        self._model.pasted.connect(self.cells_pasted)
        self._table.problem.connect(self.show_error)
        self._table.chosen.connect(self._on_chosen)
        self._table.horizontalHeader().sectionDoubleClicked.connect(self._rename)
        self._table.asked.connect(self._on_asked)

    def display(self, view: View) -> None:
        """Show the training set, the outputs for it, and which sample the window shows."""
        before, self._view = self._view, view
        if before is not None and view.is_only_steps_from(before):
            return
        if before is not None and view.follows_edit_of(before):
            self.show_error("")
        self._model.show(view)
        if before is None or _looks(before) != _looks(view):
            self._table.lay_out()
        else:
            self._table.fit_numbers()
        if view.marked and (before is None or before.marked is not view.marked):
            self._table.mark_rows(view.marked)
            self.rows_marked.emit()
        elif before is None or before.sample != view.sample:
            # Not at every view: while a sample that was asked for is still on its way, the old
            # one would take the person back.
            if self._table.currentIndex().row() != view.sample:
                self._table.go_to(view.sample, max(self._table.currentIndex().column(), 0))
            self._table.verticalHeader().viewport().update()
        self._show_title()

    def show_selected(self, number: object) -> None:
        """Mark the number that is selected in the window, if it is one of the sample shown."""
        self._model.show_selected(number)

    def show_error(self, sentence: str) -> None:
        """Show why something was refused, below the table; "" clears it."""
        self._error.say(sentence)

    def restyle(self) -> None:
        """Paint anew in the theme's colours."""
        self._table.restyle()
        self._show_title()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_title()

    def _show_title(self) -> None:
        count = self._model.rowCount()
        short = f"Data · {format_count(count)}"
        text = f"{short} sample{'s' * (count != 1)}"
        tested = 0 if self._view is None else len(self._view.spec.data.test)
        self._test.setText(f"{format_count(tested)} to test…" if tested else "test…")
        is_scaled = self._view is not None and self._view.spec.scaling is not None
        self._scale.setText("scaled…" if is_scaled else "scale…")
        words, least = map(self.title.fontMetrics().horizontalAdvance, (text, short))
        links = self._room_for(self._add, self._csv)
        # Where there is no room for them, and nothing to tell, there is still the menu.
        beside = links + self._room_for(self._test)
        if tested and self.title.fontMetrics().horizontalAdvance("Data") > self.width() - beside:
            self._test.setText(f"{format_count(tested)} test…")
            beside = links + self._room_for(self._test)
        self._test.setVisible(tested > 0 or (count > 1 and words <= self.width() - beside))
        links = links if self._test.isHidden() else beside
        beside = links + self._room_for(self._scale)
        self._scale.setVisible((least if is_scaled else words) <= self.width() - beside)
        links = links if self._scale.isHidden() else beside
        room = self.width() - links
        text = text if words <= room else short if least <= room else "Data"
        if text != self.title.text():
            self.title.setText(text)

    def _room_for(self, *links: Button) -> int:
        return sum(link.sizeHint().width() + _GAP for link in links)

    def _on_chosen(self, row: int, column: int) -> None:
        if self._view is not None and row != self._view.sample:
            self.sample_chosen.emit(row)

    def _on_asked(self, row: int, column: int) -> None:
        number = self._model.number(column)
        if number is not None:
            self.asked.emit(number)

    def _on_edited(self, row: int, column: int, value: float) -> None:
        kind, number = self._model.cell(column)
        signal = self.input_edited if kind == "inputs" else self.target_edited
        signal.emit(row, number, value)

    def _rename(self, column: int) -> None:
        """Open a field for the name of a column: that of an input, a target, or an output."""
        view, (kind, number) = self._view, self._model.cell(column)
        if view is None or kind == "right":
            return
        header = self._table.horizontalHeader()
        left, width = header.sectionViewportPosition(column), header.sectionSize(column)
        place = QRect(left, 0, width, header.height())
        if kind == "targets":
            field = name_field(view, None, number, header.viewport(), place)
            field.named.connect(lambda name: self.target_renamed.emit(number, name))
        else:
            layer = 0 if kind == "inputs" else view.spec.network.depth
            field = name_field(view, layer, number, header.viewport(), place)
            field.named.connect(lambda name: self.unit_renamed.emit(layer, number, name))

    def _add_row(self) -> None:
        if self._view is None:
            return
        data = self._view.spec.data
        if len(data) >= SAMPLES.most:
            self.show_error(f"At most {format_count(SAMPLES.most)} samples are possible.")
            return
        self.show_error("")
        self.rows_added.emit([(data.inputs[-1].tolist(), data.targets[-1].tolist())])
        if self._model.rowCount() > len(data):
            self._table.setFocus()
            self._table.setCurrentIndex(self._model.index(len(data), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Delete:
            super().keyPressEvent(event)
        elif rows := self._table.whole_rows():
            self._remove(rows)
        else:
            self.show_error("Delete removes samples: choose whole rows by their numbers first.")

    def _remove(self, rows: list[int]) -> None:
        if rows and len(rows) == self._model.rowCount():
            self.show_error("The last sample cannot be removed: training needs one.")
        elif rows:
            self.show_error("")
            self.rows_removed.emit(rows)

    def _toggle_test(self) -> None:
        """Keep the chosen samples out of training; or, if all of them are, train on them again."""
        if self._view is None or not (rows := set(self._table.selected_rows())):
            return
        data = self._view.spec.data
        self._take_test(_toggled(set(data.test.tolist()), rows))

    def _toggle_validation(self) -> None:
        """Validate with the chosen samples; or, if all of them are, train on them again."""
        if self._view is None or not (rows := set(self._table.selected_rows())):
            return
        data = self._view.spec.data
        self._take_validation(_toggled(set(data.validation.tolist()), rows))

    def choose_test(self) -> None:
        """Ask which share of the samples is to be kept out of training."""
        if self._view is None:
            return
        from gui.panels.data.split_dialog import TestDialog  # no start needs it

        self._ask(TestDialog(self._view.spec.data, self._view.spec.seed, self), self._take_test)

    def choose_validation(self) -> None:
        """Ask by which share of the samples it is to be decided when to stop."""
        if self._view is None:
            return
        from gui.panels.data.split_dialog import ValidationDialog  # no start needs it

        dialog = ValidationDialog(self._view.spec.data, self._view.spec.seed, self)
        self._ask(dialog, self._take_validation)

    def _ask(self, dialog: SplitDialog, take: Callable[[list[int]], None]) -> None:
        try:
            if dialog.exec():
                take(dialog.rows.tolist())
        finally:
            dialog.deleteLater()

    def _take_test(self, rows: list[int]) -> None:
        if self._view is not None:
            data = self._view.spec.data
            self._keep_out(self.test_chosen, rows, data.test.tolist(), data.validation.tolist())

    def _take_validation(self, rows: list[int]) -> None:
        if self._view is not None:
            data = self._view.spec.data
            now, others = data.validation.tolist(), data.test.tolist()
            self._keep_out(self.validation_chosen, rows, now, others)

    def _keep_out(
        self, signal: SignalInstance, rows: list[int], now: list[int], others: list[int]
    ) -> None:
        """Ask for rows to be kept out of training in place of those that are now, beside the others
        that are, unless none would be left."""
        if rows == now:
            return
        if len({*rows, *others}) == self._model.rowCount():
            self.show_error("One sample at least has to be left to train on.")
            return
        self.show_error("")
        signal.emit(rows)

    def _open_scaling(self) -> None:
        """A menu of the scalings, with what is in force."""
        if self._view is None:
            return
        scaling = self._view.spec.scaling
        now = "" if scaling is None else scaling.kind
        self._menu.clear()
        titles = {"": "Numbers as they are", **{s.key: s.title for s in SCALINGS.values()}}
        for key, title in titles.items():
            action = choice_entry(self._menu, f"To {title}" if key else title, key == now)
            if key != now:
                action.triggered.connect(lambda _=False, key=key: self.scaling_chosen.emit(key))
        self._menu.addSeparator()
        again = self._menu.addAction("Work the constants out anew")
        again.setEnabled(bool(now))
        again.triggered.connect(lambda: self.scaling_chosen.emit(now))
        self._scale.open_menu(self._menu)

    def _choose_csv(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Read samples", "", "CSV files (*.csv *.tsv *.txt);;All files (*)"
        )
        if name:
            self._read_csv(Path(name))

    def _read(self, name: str, content: bytes) -> CsvSamples:
        """The samples in a file; read beside the window where it is a large one."""
        from engine.data.csv_samples import read_csv, text_of

        assert self._view is not None
        sizes = self._view.spec.network.sizes

        def read(check: Check) -> CsvSamples:
            return read_csv(text_of(content), sizes[0], sizes[-1], check)

        if len(content) < QUICK_BYTES:
            return read(never)
        return waited_for(self, f"Reading {name} …", read)

    def _read_table(self, name: str, content: bytes) -> Data:
        """The samples in a file with the columns that the network was made for."""
        from engine.data.answers import samples_of
        from engine.data.table import read_table, text_of

        assert self._view is not None
        spec = self._view.spec

        def read(check: Check) -> Data:
            return samples_of(spec, read_table(text_of(content), check=check))

        return read(never) if len(content) < QUICK_BYTES else waited_for(
            self, f"Reading {name} …", read
        )

    def _read_csv(self, path: Path) -> None:
        if self._view is None:
            return
        spec = self._view.spec
        try:
            content = read_up_to(path, MAX_TABLE_BYTES)
            if len(content) > MAX_TABLE_BYTES:
                raise ValueError(f"The file is larger than {MAX_TABLE_BYTES >> 20} MiB.")
            if spec.data.input_sources:  # it was made for a table
                replaced = self._read_table(path.name, content)
                self.show_error("")
                self.data_replaced.emit(replaced, None)
                return
            samples = self._read(path.name, content)
        except Interrupted:
            return
        except OSError as error:
            self.show_error(f"{path.name} cannot be read: {reason(error)}.")
            return
        except ValueError as error:
            self.show_error(f"{path.name} was not taken. {error}")
            return
        self.show_error("")
        names = samples.names or (*spec.network.inputs, *spec.data.target_names)
        count = spec.network.sizes[0]
        data = Data(samples.inputs, samples.targets, names[count:])
        self.data_replaced.emit(data, names[:count] if samples.names else None)


def _toggled(kept_out: set[int], rows: set[int]) -> list[int]:
    """Rows that are kept out, with some more; or without them, if all of them were."""
    return sorted(kept_out - rows if rows <= kept_out else kept_out | rows)
