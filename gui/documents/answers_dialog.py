"""The dialog in which new rows are given, and answered by the network as it is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from engine.documents.whole_file import FileError, write_whole
from engine.maths.activations import Array
from engine.run.iteration import Interrupted
from engine.run.spec import Spec
from engine.text.numbers import format_count
from gui import theme
from gui.documents.answers_model import AnswersModel
from gui.documents.files import Files
from gui.documents.save_dialog import FileKind
from gui.documents.tables import ask_for_table, table_of, text_in
from gui.widgets.labels import ErrorLabel, SecondaryLabel
from gui.widgets.layouts import column

_TOLD = 3  # rows without an answer that are told of
_CSV = FileKind("Tables", (".csv",))


class AnswersDialog(QDialog):
    """A table to fill in by typing, pasting, or opening a file. Beside each row stands the answer,
    in the data's own units and by the names of its classes."""

    def __init__(
        self, spec: Spec, theta: Array, row: int, files: Files, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("answers")
        self.setWindowTitle("Answers for new rows")
        self._files = files
        self.model = AnswersModel(spec, theta, row)
        self.model.setParent(self)
        self._view = QTableView()
        self._view.setObjectName("answersTable")
        self._view.setAccessibleName("New rows and their answers")
        self._view.setModel(self.model)
        self._view.setShowGrid(False)
        names = self._view.horizontalHeader()
        names.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        names.setHighlightSections(False)  # bold would be wider than there is room for
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._view.verticalHeader().setDefaultSectionSize(theme.px(28))
        self._view.setMinimumHeight(theme.px(28) * 6)
        for number, field in enumerate(self.model.fields):
            if field.classes:
                chooser = _Classes(field.classes, self._view)
                self._view.setItemDelegateForColumn(number, chooser)
        paste = QAction("Paste rows", self._view)
        paste.setShortcut(QKeySequence.StandardKey.Paste)
        paste.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        paste.triggered.connect(self._paste)
        self._view.addAction(paste)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        about = SecondaryLabel(
            "Fill in rows, paste some from a spreadsheet, or open a table. Nothing of this is kept "
            "in the document.", "answersAbout",
        )
        about.setWordWrap(True)
        self._problem = ErrorLabel("answersProblem")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        kind = QDialogButtonBox.ButtonRole.ActionRole
        for name, text, job in (
            ("answersAdd", "&Add a row", self.model.add_row),
            ("answersOpen", "&Open a table…", self._open),
            ("answersSave", "&Save the answers…", self._save_answers),
        ):
            button = buttons.addButton(text, kind)
            button.setObjectName(name)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, job=job: job())
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(about, (self._view, 1), self._problem, buttons))
        self.model.worked_out.connect(self._tell_problems)
        self.model.modelReset.connect(self._view.resizeColumnsToContents)
        self._view.resizeColumnsToContents()
        self._view.setCurrentIndex(self.model.index(0, 0))
        header = self._view.horizontalHeader()
        wanted = header.length() + self._view.verticalHeader().sizeHint().width() + theme.px(80)
        room = self.screen().availableGeometry().width()
        self.resize(min(max(theme.px(680), wanted), room), theme.px(360))

    def _tell_problems(self) -> None:
        """Say why rows have no answer."""
        problems = self.model.given.problems
        said = [problem.sentence.replace("Line", "Row", 1) for problem in problems[:_TOLD]]
        if len(problems) > _TOLD:
            said.append(f"… and {format_count(len(problems) - _TOLD)} more.")
        self._problem.say(" ".join(said))

    def _paste(self) -> None:
        self._take("The clipboard", QGuiApplication.clipboard().text())

    def _open(self) -> None:
        path = ask_for_table(self, self._files.folder())
        if path is None:
            return
        self._files.begin_in(path.parent)
        try:
            text = text_in(self, path)
        except ValueError as error:
            self._problem.say(str(error))
            return
        self._take(path.name, text)

    def _take(self, name: str, text: str) -> None:
        try:
            self.model.take(table_of(self, name, text))
        except Interrupted:
            return
        except ValueError as error:
            self._problem.say(f"{name} was not taken. {error}")

    def _save_answers(self) -> None:
        if not self.model.given.rows:
            self._problem.say("There is no answer to save yet.")
            return
        path: Path | None = self._files.ask_where("Save the answers", "answers.csv", _CSV)
        if path is None:
            return
        try:
            write_whole(path, self.model.csv().encode("utf-8-sig"))
        except FileError as error:
            self._problem.say(str(error))


class _Classes(QStyledItemDelegate):
    """Offers the classes of a column."""

    def __init__(self, classes: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self._classes = classes

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        box = QComboBox(parent)
        box.addItems(self._classes)
        box.activated.connect(lambda: self._take(box))
        return box

    def _take(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)

    def setEditorData(
        self, editor: QWidget, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(max(editor.findText(index.data()), 0))

    def setModelData(
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())
