"""MetricsLens: what the metrics come to over training, validation and test set, and the samples
behind each cell of the confusion matrix."""

from __future__ import annotations

from math import isnan
from time import perf_counter

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from engine.data.counted_classes import MOST, NONE, CountedClasses, counted_classes
from engine.data.measures import Measures, Report, report
from engine.maths.losses import LOSSES
from engine.maths.metrics import CLASS_METRICS, MACRO, REPORTED
from engine.run.iteration import Evaluation
from engine.run.spec import Spec
from engine.text.numbers import counted, format_count
from gui.lenses.lens import Lens
from gui.tables.count_table import CountTable
from gui.tables.figure_table import FigureRow, FigureTable
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.menu_entry import choice_entry

_WAITS = "Working it out …"
_CONFUSION = (
    "Rows are what the targets say, columns what the network takes them for. A number leads to its "
    "samples: in the data, and ringed on the surface."
)
_TITLES = {"numbers": "numbers", "classes": "each class", "confusion": "confusion"}
_MOST_NAME = 120  # pixels of a metric's name
_PART = 20  # of the time at most one such part goes into metrics while a run trains


class MetricsLens(Lens):
    """A table of the metrics with a column for each set; of each class precision, recall and F1;
    or the confusion matrix. `samples_asked` carries the rows behind the cell that was gone to."""

    samples_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Metrics", "metrics", parent)
        self._page, self._set, self._key = "numbers", "training", ""
        self._classes: tuple[Spec, CountedClasses | None] | None = None
        self._evaluation: Evaluation | None = None
        self._report: Report | None = None
        self._took = self._done_at = 0.0
        self._is_narrow = False  # there is room for the numbers of one set only
        self.numbers = FigureTable("Metrics", _MOST_NAME)
        self.numbers.setObjectName("metricsNumbers")
        self.numbers.row_chosen.connect(self._on_row)
        self.per_class = FigureTable("Metrics of each class", _MOST_NAME)
        self.per_class.setObjectName("metricsClasses")
        self.confusion = CountTable("Confusion matrix")
        self.confusion.setObjectName("metricsConfusion")
        self.confusion.chosen.connect(self._on_cell)
        self._tables = QStackedWidget(self.page)
        for table in (self.numbers, self.per_class, self.confusion):
            self._tables.addWidget(table)
        self.page.setLayout(column((self._tables, 1), margins=NO_MARGINS))
        self.set_button = Button("", "metricsSet", "Whose samples", self._open_sets, link=True)
        self.page_button = Button("", "metricsPage", "What is shown", self._open_pages, link=True)
        self.add_to_head(self.set_button, self.page_button)
        self._menu = QMenu(self)

    def restyle(self) -> None:
        for table in (self.numbers, self.per_class, self.confusion):
            table.restyle()
        super().restyle()

    def _show(self, view: View) -> None:
        found = self._found(view)
        if found is None:
            self.say(_WAITS)
            return
        has_classes = found.classes is not None
        page = self._page if has_classes else "numbers"
        self._is_narrow = not self._has_room_for_all(found)
        measures = self._measures(found)
        self.page_button.setVisible(has_classes)
        self.page_button.setText(f"{_TITLES[page]} ▾")
        self.page_button.setAccessibleName(f"What is shown: {_TITLES[page]}")
        is_of_one = page != "numbers" or self._is_narrow
        self.set_button.setVisible(is_of_one and len(found.sets) > 1)
        self.set_button.setText(f"{measures.name} ▾")
        self.set_button.setAccessibleName(f"Whose samples: {measures.name} set")
        if page == "numbers":
            self._show_numbers(view, found, (measures,) if self._is_narrow else found.sets)
        elif page == "classes":
            self._show_classes(view, found, measures)
        else:
            self._show_confusion(found, measures)

    def _found(self, view: View) -> Report | None:
        """The report of a view or, while a run trains, one that is a moment old: so much time goes
        into it and no more, however many samples there are."""
        evaluation, began = view.evaluation, perf_counter()
        is_known = self._classes is not None and self._classes[0] is view.spec
        if is_known and (evaluation is None or evaluation is self._evaluation):
            return self._report
        if is_known and view.training and began - self._done_at < _PART * self._took:
            return self._report
        if evaluation is None:
            return None
        if not is_known:
            self._classes = view.spec, counted_classes(view.spec)
        assert self._classes is not None
        self._report = report(view.spec, evaluation, self._classes[1])
        self._evaluation, self._done_at = evaluation, perf_counter()
        self._took = self._done_at - began
        return self._report

    def _measures(self, found: Report) -> Measures:
        """Those of the set that was chosen, where there is one, else of the training set."""
        return next((each for each in found.sets if each.name == self._set), found.sets[0])

    def _has_room_for_all(self, found: Report) -> bool:
        """Whether the numbers of all sets stand beside each other with nothing cut short."""
        if len(found.sets) == 1:
            return True
        return self.numbers.has_room_for(_heads(found.sets), _rows(found.sets))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        found = self._report
        if found is not None and self._is_narrow == self._has_room_for_all(found):
            self.again()

    def _show_numbers(self, view: View, found: Report, sets: tuple[Measures, ...]) -> None:
        self.numbers.show_rows(_heads(sets), _rows(sets), view.digits)
        self._tables.setCurrentWidget(self.numbers)
        is_too_many = found.classes is None and view.spec.has_classes
        more = f" More than {MOST} classes are not told one by one." if is_too_many else ""
        self.note.setText(f"{_formula(self._key, view.spec)}{more}")

    def _show_classes(self, view: View, found: Report, measures: Measures) -> None:
        assert found.classes is not None
        of_class = measures.of_class
        rows = [
            FigureRow(
                number, name,
                (
                    format_count(int(of_class[number])),
                    *(_cell(float(values[number])) for values in measures.per_class.values()),
                ),
            )
            for number, name in enumerate(found.classes.names)
        ]
        heads = ("", "samples", *(each.title for each in CLASS_METRICS.values()))
        self.per_class.show_rows(heads, rows, view.digits)
        self._tables.setCurrentWidget(self.per_class)
        self.note.setText(
            " ".join(f"{each.title.capitalize()}: {each.words}." for each in CLASS_METRICS.values())
        )

    def _show_confusion(self, found: Report, measures: Measures) -> None:
        assert found.classes is not None and measures.confusion is not None
        names, counts = found.classes.names, measures.confusion
        has_none = bool(counts[:, -1].any())
        columns = (*names, NONE) if has_none else names
        self.confusion.show_counts(names, columns, counts[:, : len(columns)])
        self._tables.setCurrentWidget(self.confusion)
        none = " “none”: they are right about no class." if has_none else ""
        self.note.setText(f"{_CONFUSION}{none}")

    def leave(self) -> None:
        self.samples_asked.emit([])

    # What a person chooses

    def _on_row(self, key: object) -> None:
        self._key = str(key)
        if self._view is not None:
            self.note.setText(_formula(self._key, self._view.spec))

    def _on_cell(self, row: int, column: int) -> None:
        if self._report is not None and self._report.classes is not None:
            measures = self._measures(self._report)
            self.samples_asked.emit(self._report.samples(measures, row, column))

    def _open_pages(self) -> None:
        self._open(self.page_button, _TITLES, self._page)

    def _open_sets(self) -> None:
        if self._report is not None:
            titles = {
                each.name: f"{each.name}, {counted(len(each.rows), 'sample')}"
                for each in self._report.sets
            }
            self._open(self.set_button, titles, self._measures(self._report).name)

    def _open(self, button: Button, titles: dict[str, str], now: str) -> None:
        self._menu.clear()
        for key, title in titles.items():
            action = choice_entry(self._menu, title, key == now)
            action.triggered.connect(lambda _, key=key: self._choose(key))
        button.open_menu(self._menu)

    def _choose(self, key: str) -> None:
        if key in _TITLES:
            self._page = key
        else:
            self._set = key
        self.again()


def _heads(sets: tuple[Measures, ...]) -> tuple[str, ...]:
    """What stands over the columns of the numbers, the first of which has their names."""
    return ("", *(each.name for each in sets))


def _rows(sets: tuple[Measures, ...]) -> list[FigureRow]:
    """The numbers of some sets, a row for each metric."""
    rows = [FigureRow("samples", "samples", tuple(format_count(len(s.rows)) for s in sets))]
    if sets[0].right is not None:
        right = (
            f"{format_count(each.right or 0)} of {format_count(len(each.rows))}" for each in sets
        )
        rows.append(FigureRow("right", "right", tuple(right)))
    rows.append(FigureRow("loss", "loss", tuple(_cell(each.loss) for each in sets)))
    names = {key: each.brief for key, each in REPORTED.items() if each.of_classes}
    names |= {f"macro_{key}": f"macro {each.title}" for key, each in CLASS_METRICS.items()}
    names |= {key: each.brief for key, each in REPORTED.items() if not each.of_classes}
    for key, name in names.items():
        if key in sets[0].metrics:
            rows.append(FigureRow(key, name, tuple(_cell(each.metrics[key]) for each in sets)))
    return rows


def _cell(value: float) -> float | str:
    return "–" if isnan(value) else value


def _formula(key: str, spec: Spec) -> str:
    """What a row of the table is, in words."""
    scaled = "" if spec.scaling is None else " Errors are of the scaled numbers."
    if key in REPORTED:
        metric = REPORTED[key]
        name = metric.title if metric.title == "R²" else metric.title.capitalize()
        return f"{name}: {metric.words}.{scaled if not metric.of_classes else ''}"
    if key.startswith("macro_"):
        each = CLASS_METRICS[key.removeprefix("macro_")]
        return f"{each.title.capitalize()}: {each.words}. Macro: {MACRO}."
    if key == "loss":
        return f"The loss that is descended: {LOSSES[spec.loss].title}.{scaled}"
    if key == "right":
        return "Samples whose outputs say what their targets say."
    return "Choose a row to read its formula."
