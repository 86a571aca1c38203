"""SeedsPanel: how many of a hundred seeds learn, and what the others are stuck on."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QProgressBar, QWidget

from engine.learn.many_seeds.result import SeedRun, SeedsResult, Stuck, what_is_learnt
from engine.learn.many_seeds.runs import MAX_EPOCHS, MAX_SEEDS, TOLERANCE, why_not
from engine.maths.initializers import in_words
from engine.run.column_words import scaled_note
from engine.run.spec import Spec
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.learn.many_seeds.loss_dots import Dot, LossDots
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.count_field import CountField
from gui.widgets.labels import SecondaryLabel, WrappedLabel
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.plain_text import set_tip
from gui.widgets.vertical_scroll import VerticalScroll

_COUNT, _EPOCHS = 100, 10_000
_MOST_SEEDS = 999_999_999
_FIELD_WIDTH = 44
_LISTED = 24  # seeds of a group that are named one by one

_EXPLANATION = (
    "Start values are drawn from each seed by the initializer ({initializer}), and each run is "
    "trained from there. "
    "It has learnt when {learnt}."
)
_CHANGED = "The network has changed since; run again to see what that makes of it."


class SeedsPanel(QWidget):
    """Asks which seeds to run and for how long, and shows what became of them.

    `run_requested` carries the first seed, how many, and the epochs; `seed_chosen` a seed that
    is to be looked at from its start."""

    run_requested = Signal(int, int, int)
    cancel_requested = Signal()
    seed_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = CountField("seedsFirst", "First seed", 0, _MOST_SEEDS)
        self._count = CountField("seedsCount", "How many seeds", 1, MAX_SEEDS)
        self._epochs = CountField("seedsEpochs", "Epochs of each run", 1, MAX_EPOCHS)
        for field, value in ((self._count, _COUNT), (self._epochs, _EPOCHS)):
            field.show_count(value)
        self._run = Button("Run", "seedsRun", "Train from each seed", self._run_or_cancel)
        self._progress = QProgressBar()
        self._progress.setObjectName("seedsProgress")
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        kept = self._progress.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(kept)
        self.headline, self._note = WrappedLabel("seedsHeadline"), WrappedLabel("seedsNote")
        self.headline.setProperty("letters", "headline")
        self._note.setProperty("secondary", True)
        self.dots = LossDots()
        self.dots.seed_chosen.connect(self.seed_chosen)
        self.groups = WrappedLabel("seedsGroups", rich=True)
        self.groups.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.groups.linkActivated.connect(lambda seed: self.seed_chosen.emit(int(seed)))
        self._result: SeedsResult | None = None
        self._spec: Spec | None = None
        self._lay_out()
        self.setFocusProxy(self._run)
        self.show_progress(None)
        self.restyle()

    def _lay_out(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(theme.GAP)
        fields.setVerticalSpacing(2)
        columns = (("First", self._first), ("Seeds", self._count), ("Epochs", self._epochs))
        for place, (words, field) in enumerate(columns):
            label = SecondaryLabel(words)
            label.setBuddy(field)
            fields.addWidget(label, 0, place)
            fields.addWidget(field, 1, place)
            fields.setColumnStretch(place, 1)
        fields.addWidget(self._run, 1, len(columns))
        inside = QWidget()
        content = self.headline, self._note, self.dots, self.groups, None
        inside.setLayout(column(*content, gap=theme.GAP, margins=(0, 0, theme.GAP, 0)))
        parts = fields, self._progress, (VerticalScroll(inside), 1)
        self.setLayout(column(*parts, gap=theme.GAP, margins=NO_MARGINS))

    def _run_or_cancel(self) -> None:
        if self._running:
            self.cancel_requested.emit()
        else:
            self.run_requested.emit(
                self._first.value(), self._count.value(), self._epochs.value()
            )

    def display(self, view: View) -> None:
        """Follow what is open: whether seeds can be compared, and whether the result is of it."""
        self._spec = view.spec
        self._write()

    def show_progress(self, share: float | None) -> None:
        """Show how much is done, 0 … 1; None: nothing runs."""
        self._running = share is not None
        self._run.setText("Cancel" if self._running else "Run")
        set_tip(self._run, "Stop here" if self._running else "Train from each seed")
        self._progress.setValue(round(1000 * (share or 0.0)))
        self._progress.setVisible(self._running)
        self._write()

    def show_result(self, result: SeedsResult) -> None:
        """Show how many runs learnt, their losses, and what the others are stuck on."""
        self._result = result
        stuck_on = {seed: group.words for group in result.stuck for seed in group.seeds}
        self.dots.show_dots([_dot(run, stuck_on.get(run.seed, "")) for run in result.runs])
        self.show_progress(None)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._colour_progress()
        for field in (self._first, self._count, self._epochs):
            # Qt would leave room for the largest number.
            field.setMinimumWidth(theme.px(_FIELD_WIDTH))
        words = QFontMetrics(theme.font()).horizontalAdvance("Cancel")
        self._run.setFixedWidth(words + theme.px(22))
        self._run.setStyleSheet(f"padding: {theme.px(5)}px 0;")
        self._write()
        self.dots.restyle()

    def _colour_progress(self) -> None:
        colours = theme.current()
        self._progress.setStyleSheet(
            f"QProgressBar {{ border: none; border-radius: 3px; background: {colours.sunken}; }}"
            f"QProgressBar::chunk {{ border-radius: 3px; background: {colours.accent}; }}"
        )

    def _write(self) -> None:
        reason = "" if self._spec is None else why_not(self._spec)
        self._run.setEnabled(self._running or not reason)
        result = self._result
        self.dots.setVisible(result is not None)
        self.groups.setVisible(result is not None and bool(result.stuck))
        if result is None:
            self.headline.setText("Training …" if self._running else "How many seeds learn?")
            self._note.setText(reason or f"{self._explanation} {self._scaled}".rstrip())
            return
        self.headline.setText(result.sentence)
        self.groups.setText("".join(map(_group, result.stuck)))
        plural = "" if result.epochs == 1 else "s"
        done = f"After {format_count(result.epochs)} epoch{plural} each. "
        if reason or self._is_of_another():
            self._note.setText(reason or done + _CHANGED)
        else:
            learnt = what_is_learnt(result.spec.loss, result.tolerance)
            self._note.setText(
                f"{done}A run has learnt when {learnt}. "
                "Click a seed to look at it from its start."
                f" {self._scaled}".rstrip()
            )

    @property
    def _scaled(self) -> str:
        return "" if self._spec is None else scaled_note(self._spec)

    @property
    def _explanation(self) -> str:
        spec = self._spec
        if spec is None:
            return ""
        initializer = in_words(spec.initializer, spec.initializer_settings)
        learnt = what_is_learnt(spec.loss, TOLERANCE)
        return _EXPLANATION.format(learnt=learnt, initializer=initializer)

    def _is_of_another(self) -> bool:
        """Whether the result is of another network, data or way to train than what is open."""
        return (
            self._spec is not None
            and self._result is not None
            and _setup(self._spec) != _setup(self._result.spec)
        )


def _setup(spec: Spec) -> tuple[object, ...]:
    """What the runs follow from, apart from the seed."""
    batching = (spec.batching.size, spec.batching.shuffled)
    return (
        spec.network, spec.loss, spec.loss_settings, spec.reduction, spec.penalty, spec.optimizer,
        spec.schedule, spec.clipping, id(spec.data), spec.scaling, batching, spec.initializer,
        spec.initializer_settings,
    )


def _dot(run: SeedRun, stuck_on: str) -> Dot:
    what = "learnt" if run.learnt else stuck_on
    words = f"seed {run.seed}: loss {format_number(run.loss, 4)}, {what}"
    return Dot(run.seed, run.loss, run.learnt, words)


def _group(group: Stuck) -> str:
    """A group of the stuck ones: what on, and a link for each seed."""
    colours = theme.current()
    count = f"{len(group.seeds)} seed{'' if len(group.seeds) == 1 else 's'}"
    links = ", ".join(
        f'<a style="color:{colours.accent}" href="{seed}">{seed}</a>'
        for seed in group.seeds[:_LISTED]
    )
    more = len(group.seeds) - _LISTED
    rest = f" and {more} more" if more > 0 else ""
    return (
        f'<p style="margin:0 0 8px 0"><b>{count}</b>: {escape(group.words)}<br>'
        f'<span style="color:{colours.secondary}">seed</span> {links}{rest}</p>'
    )
