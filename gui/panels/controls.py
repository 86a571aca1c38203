"""The controls along the top: examples, start values, stepping, training, and where the run is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLayout, QMenu, QSlider, QStyle, QStyleOptionSlider, QWidget

from engine.maths.network import FORWARD_ONLY
from engine.run.steps import GRAINS
from engine.text.numbers import fewer_digits, format_count, format_number
from gui import theme
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.labels import PlainLabel, SecondaryLabel
from gui.widgets.layouts import column, row
from gui.widgets.plain_text import menu_text, set_tip
from gui.widgets.style_property import set_style_property

# Epochs a second; None is a pace that grows up to as fast as it goes.
PACES: tuple[int | None, ...] = (1, 2, 5, 10, 30, 100, 300, 1000, 3000, None)

_TRAIN, _PAUSE = "▶▶ Train", "❚❚ Pause"
_GROWS = "It begins at some 50 epochs a second and gets faster. Full speed at once: Shift+T"
_ONE_EPOCH = "Train one epoch: every sample once"  # the tooltip of that button

_SHORT, _LONG = "up to full speed", "getting faster: 999,999 epochs/s"  # captions of the slider


class _Measures(NamedTuple):
    """Pixels at 100 % text, and the longest caption over the slider that there is room for."""

    padding: int  # at either side of a text
    gap: int  # between buttons
    group_gap: int
    slider: int
    caption: str
    height: int


_WIDE = _Measures(14, 8, 18, 110, _LONG, 60)
_USUAL = _WIDE._replace(caption=_SHORT)
_NARROW = _Measures(9, 6, 14, 100, _SHORT, 52)
_TIGHT = _Measures(6, 4, 8, 92, _SHORT, 48)
_LOW_HEIGHT = 38
_IN_FILE_MENU = ("by", "examples", "save")
_IN_RUN_MENU = (*_IN_FILE_MENU, "reset", "newSeed")
_WITHOUT_PACE = (*_IN_RUN_MENU, "pace", "paceCaption")
# How the controls are tightened, and what is left out, step by step until they fit.
_FITS: tuple[tuple[_Measures, tuple[str, ...]], ...] = (
    (_WIDE, ()),
    (_USUAL, ()),
    (_NARROW, ("by",)),
    (_NARROW, _IN_FILE_MENU),
    (_TIGHT, _IN_FILE_MENU),
    (_TIGHT, _IN_RUN_MENU),
    (_TIGHT, _WITHOUT_PACE),
    (_TIGHT, (*_WITHOUT_PACE, "epoch")),
)
_WIDEST_PLACE = "iteration 1,000,000 · epoch 1,000,000"
_NARROW_PLACE = "iteration 1,000,000"  # where buttons have had to go
_USUAL_LOSS = "E = 0.0000000"


class _Slider(QSlider):
    """A slider that goes where it is clicked, and leaves the page keys to the window."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().subControlRect(
                QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
            )
            place = event.position().toPoint()
            if not handle.contains(place):
                room = self.width() - handle.width()
                self.setValue(
                    QStyle.sliderValueFromPosition(
                        self.minimum(), self.maximum(), place.x() - handle.width() // 2, room
                    )
                )
        super().mousePressEvent(event)  # drags on from there

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)


class ControlsBar(QWidget):
    """The top row. What goes first in a narrow window, or with large text, is in the menu bar too.

    `examples_wanted` asks for `set_examples` when their menu is to open and nobody has set any.
    """

    examples_wanted = Signal()
    example_chosen = Signal(str)
    save_requested = Signal()
    reset_requested = Signal()
    new_seed_requested = Signal()
    back_requested = Signal()
    step_requested = Signal()
    grain_chosen = Signal(str)
    epoch_requested = Signal()
    train_toggled = Signal()
    speed_chosen = Signal(object)  # epochs a second, None for a pace that grows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("controls")
        self._view: View | None = None
        self._make_widgets()
        self._lay_out()
        self._level = 0
        self._is_low = False
        self._measure()
        self._arrange(self._level)

    def _make_widgets(self) -> None:
        self._menu = QMenu(self)
        self._menu.setObjectName("examplesMenu")
        self._examples = Button(
            "Examples ▾", "examples", "Open one of the bundled examples", self._show_examples
        )
        self._save = Button("Save", "save", "Save this document", self.save_requested)
        self._reset = Button(
            "Reset", "reset", "Back to the start values: the same ones", self.reset_requested
        )
        self._new_seed = Button(
            "New seed", "newSeed", "Other start values, drawn from a new seed",
            self.new_seed_requested,
        )
        self._back = Button("◀ Back", "back", "Step back (PgUp)", self.back_requested)
        self._step = Button("Step ▶", "step", "Step forward (Space or PgDn)", self.step_requested)
        self._by = SecondaryLabel("by", "by")
        self._grain = Choice("grain", "How far one step goes")
        set_tip(self._grain, "How far one step goes")
        self._grain.offer([ChoiceItem(grain, grain) for grain in GRAINS])
        self._grain.chosen.connect(self.grain_chosen)
        self._epoch = Button("+1 epoch", "epoch", _ONE_EPOCH, self.epoch_requested)
        self._train = Button(_TRAIN, "train", "Train (T)", self.train_toggled)
        self._caption = SecondaryLabel(name="paceCaption")
        self._slider = _Slider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("pace")
        self._slider.setAccessibleName("Training speed")
        self._slider.setRange(0, len(PACES) - 1)
        self._slider.setPageStep(1)
        self._slider.setValue(len(PACES) - 1)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.valueChanged.connect(self._on_slider)
        self._show_pace()
        self._where = SecondaryLabel(name="where")
        self._loss = PlainLabel(name="lossValue")
        self._loss.setProperty("letters", "loss")
        for label in (self._where, self._loss):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _lay_out(self) -> None:
        self._groups = [
            row(self._examples, self._save),
            row(self._reset, self._new_seed),
            row(self._back, self._step, self._by, self._grain),
            row(self._epoch, self._train),
        ]
        self._columns = pace, place = (
            column(None, self._caption, self._slider, None, gap=3),
            column(None, self._where, self._loss, None, gap=0),
        )
        self._row = row(*self._groups, pace, None, place, margins=(16, 0, 16, 0))
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(self._row)

    def _arrange(self, level: int) -> int:
        """Take on one of the fits; returns the width that it needs, in pixels."""
        measures, hidden = _FITS[level]
        padding, slider = theme.px(measures.padding), theme.px(measures.slider)
        # Fixed widths, so that a bold face or Train/Pause never moves a neighbour.
        for button in self.findChildren(Button):
            texts = (_TRAIN, _PAUSE) if button is self._train else (button.text(),)
            bold = button in (self._step, self._train)
            widest = max(_advance(text, bold=bold) for text in texts)
            button.setFixedWidth(widest + 2 * padding + 2)
        self._grain.setFixedWidth(max(map(_advance, GRAINS)) + 2 * padding + theme.px(20))
        self._slider.setFixedWidth(slider)
        self._caption.setFixedWidth(max(slider, _advance(measures.caption, theme.SMALL)))
        place = _NARROW_PLACE if "reset" in hidden else _WIDEST_PLACE
        room = max(_advance(place, theme.SMALL), _advance(_USUAL_LOSS, theme.LOSS, bold=True))
        for label in (self._where, self._loss):
            label.setFixedWidth(room)
        for widget in (
            self._by, self._examples, self._save, self._reset, self._new_seed, self._slider,
            self._caption, self._epoch,
        ):
            widget.setVisible(widget.objectName() not in hidden)
        for group in self._groups:
            group.setSpacing(measures.gap)
        for part in self._columns:
            part.invalidate()  # Qt does it later, and the width is asked for at once
        self._row.setSpacing(measures.group_gap)
        self.setFixedHeight(theme.px(_LOW_HEIGHT if self._is_low else measures.height))
        self._row.invalidate()
        return self._row.minimumSize().width()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needs[-1], theme.px(_LOW_HEIGHT if self._is_low else _TIGHT.height))

    def keep_low(self, is_low: bool) -> None:
        """Be no higher than the buttons need, or as high as usual."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._arrange(self._level)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        level = self._fitting()
        if level != self._level:
            self._level = level
            self._arrange(level)
            self._show_place()

    def _measure(self) -> None:
        """Find the width that each of the fits needs."""
        self._needs = [self._arrange(level) for level in range(len(_FITS))]

    def _fitting(self) -> int:
        """The first of the fits that there is room for."""
        fitting = (level for level, need in enumerate(self._needs) if need <= self.width())
        return next(fitting, len(_FITS) - 1)

    def set_examples(self, examples: Sequence[tuple[str, str]]) -> None:
        """Fill the menu of examples, each given as (name, title)."""
        self._menu.clear()
        for name, title in examples:
            # After a tab Qt writes at the right edge, where shortcuts stand.
            action = self._menu.addAction(f"{menu_text(title)}\t{menu_text(name)}")
            action.setObjectName(name)
            action.triggered.connect(lambda _=False, name=name: self.example_chosen.emit(name))

    def _show_examples(self) -> None:
        if self._menu.isEmpty():
            self.examples_wanted.emit()
        self._menu.popup(self._examples.mapToGlobal(QPoint(0, self._examples.height() + 2)))

    @property
    def pace(self) -> int | None:
        """The chosen speed in epochs a second, None for one that grows up to full speed."""
        return PACES[self._slider.value()]

    def _on_slider(self) -> None:
        self._show_pace()
        self.speed_chosen.emit(self.pace)

    def _show_pace(self) -> None:
        """Say what the slider stands for, or what training comes to while it gets faster, or where
        an epoch takes long."""
        view = self._view
        if view is not None and view.has_long_epochs:
            texts = [view.speed, view.speed.replace("iterations", "iter.")]
        elif self.pace is not None:
            texts = [f"{format_count(self.pace)} epoch{'s' if self.pace > 1 else ''}/s"]
        elif view is None or view.rate is None:
            texts = [_SHORT]
        elif view.gets_faster:
            many = format_count(_rounded(view.rate))
            texts = [f"getting faster: {many} epochs/s", f"↗ {many} epochs/s", f"↗ {many}/s"]
        else:
            texts = ["full speed"]
        room = self._caption.width()
        fitting = (text for text in texts if _advance(text, theme.SMALL) <= room)
        self._caption.setText(next(fitting, texts[-1]))
        about = "" if self.pace is not None else f"\n{_GROWS}"
        set_tip(self._slider, f"Training speed: {texts[0]}{about}")

    def display(self, view: View) -> None:
        """Show where the run is, and what can be done there."""
        self._back.setEnabled(view.can_go_back)
        self._grain.show_key(view.grain)
        self._train.setText(_PAUSE if view.training else _TRAIN)
        self._train.setAccessibleName("Pause" if view.training else "Train")
        can_train = view.spec.can_train
        for button, usual in (
            (self._epoch, _ONE_EPOCH),
            (self._train, "Pause (T)" if view.training else "Train (T)"),
        ):
            button.setEnabled(can_train or view.training)
            set_tip(button, usual if can_train else FORWARD_ONLY)
        set_style_property(self._step, "primary", not view.training)
        set_style_property(self._train, "primary", view.training)
        self._view = view
        self._show_place()
        if view.hides_outputs:
            set_tip(self._loss, "Hidden while you predict")
        elif view.loss is not None:
            set_tip(
                self._loss, f"Loss over the whole training set: {format_number(view.loss, None)}"
            )
        else:
            set_tip(self._loss, "Loss over the whole training set, where it was known last")

    def _show_place(self) -> None:
        """Write where the run is, as far as there is room."""
        self._show_pace()
        if self._view is not None:
            self._display_where(self._view)
            self._loss.setText(self._fitting_loss(self._view))

    def _fitting_loss(self, view: View) -> str:
        """The loss with as many of the digits as there is room for; while training leaves no time
        to work it out, that of the last epoch which has one."""
        letter = view.notation.loss
        if view.hides_outputs:
            return f"{letter} = ?"
        loss, after = view.loss, ""
        if loss is None and view.training and len(view.curve):
            epoch, loss = map(float, view.curve[-1, :2])
            after = f" (epoch {format_number(epoch, 4)})"
        if loss is None:
            return f"{letter} = …"
        metrics, text = QFontMetrics(theme.font(theme.LOSS, bold=True)), ""
        for digits in fewer_digits(view.digits, 4):
            text = f"{letter} = {format_number(loss, digits)}{after}"
            if metrics.horizontalAdvance(text) <= self._loss.width():
                return text
        return f"{letter} = …" if after else text

    def show_within(self, part: float) -> None:
        """Show how much is done of an epoch that takes long, from 0 to 1."""
        if self._view is not None and self._view.training:
            self._display_where(self._view, part)

    def _display_where(self, view: View, part: float | None = None) -> None:
        part = view.part_of_epoch if part is None else part
        epochs = f"epoch {format_count(view.spec.epoch_of(view.t)[0])}"
        if view.until_epoch is not None:
            epochs += f" of {format_count(view.until_epoch)}"
        if part is not None:
            epochs += f": {min(round(100 * part), 99)} %"
        # While steps are shown one is inside an iteration; between two, so many are done.
        if view.revealed:
            parts = (f"iteration {format_count(view.t + 1)}", epochs)
        else:
            parts = (epochs, f"iteration {format_count(view.t)}")
        text = " · ".join(parts)
        set_tip(self._where, text)
        fits = _advance(text, theme.SMALL) <= self._where.width()
        self._where.setText(text if fits else parts[0])

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._measure()
        self._level = self._fitting()
        self._arrange(self._level)
        self._show_place()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().colour("card"))
        painter.setPen(theme.current().colour("border"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


def _rounded(rate: float) -> int:
    """A rate with two digits, so that it can be read while it grows."""
    return int(float(f"{rate:.2g}"))


def _advance(text: str, pixels: int = theme.NORMAL, bold: bool = False) -> int:
    return QFontMetrics(theme.font(pixels, bold)).horizontalAdvance(text)
