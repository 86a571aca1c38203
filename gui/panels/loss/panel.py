"""LossPanel: the loss curve, what else is reported beside it, and the way to earlier epochs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.maths.metrics import METRICS
from engine.text.numbers import format_distinct, format_number
from gui import settings, theme
from gui.panels.loss.ghost_menu import GhostMenu
from gui.plots.loss_curves import LOSS
from gui.plots.loss_plot import LossPlot
from gui.plots.plot_picture import plot_picture
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card
from gui.widgets.cover import Cover
from gui.widgets.labels import RichLabel
from gui.widgets.picture import Picture, open_picture_menu
from gui.widgets.plain_text import set_tip

_SWATCHES = ("───", "┈┈┈", "─┈─")


class LossPanel(Card):
    """The card "Loss". `epoch_asked` carries the epoch that was clicked or dragged to; what is to
    be done with abandoned roads, `ghost_menu` reports. With `remember` the choice of the
    axes outlives the window. `picture_wanted` asks for a file with the curve, True for one in light
    colours."""

    epoch_asked = Signal(float)
    picture_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None, remember: bool = False) -> None:
        super().__init__("Loss", parent)
        self._view: View | None = None
        self.all_button = Button(
            "show all", "lossAll", "Show the whole run again (0, or a double click)", link=True
        )
        self.all_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.all_button.hide()
        self.log_epochs_button = _switch("log x", "lossLogX", "logarithmic axis of epochs")
        self.log_button = _switch("log y", "lossLog", "logarithmic loss axis")
        self.log_epochs_button.toggled.connect(self._on_log_epochs_toggled)
        self.log_button.toggled.connect(self._on_log_toggled)
        for button in (self.all_button, self.log_epochs_button, self.log_button):
            self.corner.addWidget(button)
        self.ghosts_button = Button(
            "ghosts ▾", "lossGhosts", "Roads that were left: return, name, hide, remove",
            self._open_ghosts, link=True,
        )
        self.ghosts_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.ghosts_button.hide()
        self.corner.addWidget(self.ghosts_button)
        self.ghost_menu = GhostMenu(self)
        self.legend = RichLabel("lossLegend", self)
        self.what_if = RichLabel("whatIf", self)
        self.what_if.setContentsMargins(0, 0, theme.GAP, 0)
        for note in (self.legend, self.what_if):
            note.setProperty("secondary", True)
            note.setMinimumWidth(1)  # it gives way to a narrow card, see _place_notes
            note.hide()
        self._notes_place: tuple[object, ...] | None = None
        self.plot = LossPlot()
        self.plot.epoch_asked.connect(self.epoch_asked)
        self.plot.zoom_changed.connect(self._on_zoom_changed)
        self.all_button.clicked.connect(self.plot.show_all)
        self.body.addWidget(self.plot, 1)
        self._cover = Cover()
        self._cover.hide()
        self.body.addWidget(self._cover, 1)
        if remember:
            self.log = settings.LOG.kept()
            self.log_epochs = settings.LOG_EPOCHS.kept()
            self.log_button.clicked.connect(settings.LOG.keep)
            self.log_epochs_button.clicked.connect(settings.LOG_EPOCHS.keep)

    @property
    def log(self) -> bool:
        """Whether the loss axis is to be logarithmic, where the values allow it."""
        return self.plot.log

    @log.setter
    def log(self, wanted: bool) -> None:
        self.log_button.setChecked(wanted)

    @property
    def log_epochs(self) -> bool:
        """Whether the axis of epochs is logarithmic."""
        return self.plot.log_epochs

    @log_epochs.setter
    def log_epochs(self, wanted: bool) -> None:
        self.log_epochs_button.setChecked(wanted)

    def show_all(self) -> None:
        """Show the whole run, as another document does."""
        self.plot.show_all()

    def display(self, view: View) -> None:
        """Show the curve of a View."""
        shown, self._view = self._view, view
        if shown is not None and _is_same(shown, view):
            return
        errors = tuple(
            LOSS + 1 + place
            for place, key in enumerate(view.spec.metrics)
            if METRICS[key].is_error
        )
        scaling = view.spec.scaling
        is_scaled = scaling is not None and scaling.scales_targets
        self.title.setText("Loss, scaled" if is_scaled else "Loss")
        self._cover.setVisible(view.hides_outputs)
        self.plot.setVisible(not view.hides_outputs)
        for button in (self.log_button, self.log_epochs_button):
            button.setVisible(not view.hides_outputs)
        self.plot.display(view, errors)
        self.ghosts_button.setVisible(bool(view.ghosts))
        self._show_all_button()
        self._show_what_if(view)
        self._show_legend(view)
        self._show_log()

    def picture(self) -> Picture | None:
        """The curve; None while it is hidden."""
        if not self.plot.isVisible():
            return None
        return plot_picture(self.plot, "Loss", self.plot.restyle)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.plot.isHidden():
            open_picture_menu(self, event.globalPos(), self.picture_wanted.emit)

    def _open_ghosts(self) -> None:
        if self._view is not None:
            self.ghost_menu.show_ghosts(self._view.ghosts)
            self.ghosts_button.open_menu(self.ghost_menu)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.plot.restyle()
        self._notes_place = None
        self._place_notes()
        if self._view is not None:
            self._show_legend(self._view)

    def _on_log_toggled(self, checked: bool) -> None:
        self.plot.log = checked
        self._show_log()

    def _on_log_epochs_toggled(self, checked: bool) -> None:
        self.plot.log_epochs = checked
        self.log_epochs_button.setText("log x ✓" if checked else "log x")
        self._place_notes()

    def _on_zoom_changed(self) -> None:
        self._show_all_button()
        self._place_notes()

    def _show_all_button(self) -> None:
        hides = self._view is not None and self._view.hides_outputs
        self.all_button.setVisible(self.plot.is_zoomed and not hides)

    def _show_log(self) -> None:
        possible = self.plot.log_possible
        self.log_button.setEnabled(possible)
        self.log_button.setText("log y ✓" if self.plot.log and possible else "log y")
        set_tip(self.log_button, "" if possible else "A logarithm needs a loss above zero")

    def _show_legend(self, view: View) -> None:
        """Name the lines if there are several, and write the metrics that are no errors."""
        metrics = view.spec.metrics
        colours = theme.current()
        swatches = iter(_SWATCHES * len(metrics))
        is_split = len(view.spec.data.test) > 0
        name = "training loss" if is_split else "loss"
        lines, values = [_entry("━━", colours.positive, name)], []
        if is_split:
            lines.append(_entry("╍╍", colours.negative, "test loss"))
        for place, key in enumerate(metrics):
            title = METRICS[key].title
            if METRICS[key].is_error:  # it shares the axis; of any other the value is written
                lines.append(_entry(next(swatches), colours.ink, title))
            else:
                known = view.evaluation
                value = "…" if known is None else format_number(known.metrics[place], view.digits)
                if known is not None and known.test is not None:
                    tested = format_number(known.test.metrics[place], view.digits)
                    value = f"{value}, test {tested}"
                values.append(_unbroken(f"{title} {value}"))
        text = "&nbsp;&nbsp; ".join(values if len(lines) == 1 else lines + values)
        if text != self.legend.text():
            self.legend.setText(text)
        self.legend.setVisible((bool(metrics) or is_split) and not view.hides_outputs)
        self._place_notes()

    def _show_what_if(self, view: View) -> None:
        """Say what the edit just made did to the loss."""
        text = what_if(view)
        if text:
            accent = theme.current().accent
            text = f'<span style="color:{accent}">after this edit:</span>&nbsp; {text}'
        if text != self.what_if.text():
            self.what_if.setText(text)
        self.what_if.setVisible(bool(text))
        self._place_notes()

    def _place_notes(self) -> None:
        """Put readout and legend into the head where they fit there, else below in as many lines
        as they take."""
        notes = [note for note in (self.legend, self.what_if) if not note.isHidden()]
        buttons = (self.all_button, self.log_epochs_button, self.log_button, self.ghosts_button)
        links = [link for link in buttons if not link.isHidden()]
        texts = [note.text() for note in notes] + [link.text() for link in links]
        place = (self.width(), self.title.text(), tuple(texts))
        if place == self._notes_place:
            return
        self._notes_place = place
        room = self.width() - 2 * theme.MARGIN
        room -= sum(part.sizeHint().width() + theme.GAP for part in (self.title, *links))
        for note in reversed(notes):
            note.ensurePolished()
            note.setWordWrap(False)
            needed = note.sizeHint().width() + theme.GAP
            fits = needed <= room
            room -= needed if fits else 0
            note.setWordWrap(not fits)
            (self.corner if fits else self.body).insertWidget(0, note)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_notes()


def _switch(text: str, name: str, accessible_name: str) -> Button:
    button = Button(text, name, link=True)
    button.setCheckable(True)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAccessibleName(accessible_name)
    return button


def what_if(view: View) -> str:
    """What an edit did to the loss; nothing unless one was made at this very moment."""
    if view.before is None or view.hides_outputs:
        return ""
    old, new, letter = view.before.loss, view.loss, view.notation.loss
    if old is None or new is None:
        return f"{letter} …"
    if old == new:
        return f"{letter} is still {format_number(new, view.digits)}"
    before, after = format_distinct(old, new, view.digits)
    change = format_number(new - old, view.digits)
    sign = "" if new < old else "+"
    return f"{letter} {before} → {after} ({sign}{change})"


def _is_same(shown: View, view: View) -> bool:
    """Whether a view has no other curve than the one shown: stepping changes none."""
    curve = view.curve.base
    return (
        shown.spec is view.spec
        and shown.theta is view.theta
        and (shown.t, shown.digits, shown.training) == (view.t, view.digits, view.training)
        and shown.evaluation is view.evaluation
        and shown.before is view.before
        and shown.curtain == view.curtain
        and not (shown.ghosts or view.ghosts)
        and (curve is not None and shown.curve.base is curve)
        and len(shown.curve) == len(view.curve)
        and len(shown.test_curve) == len(view.test_curve)
    )


def _entry(swatch: str, colour: str, title: str) -> str:
    return f'<span style="color:{colour}">{swatch}</span>' + _unbroken(f" {title}")


def _unbroken(text: str) -> str:
    """A text whose words stay on one line."""
    return text.replace(" ", "&nbsp;")
