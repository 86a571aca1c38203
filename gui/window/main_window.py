"""The window: builds every widget, and wires what each reports to the session."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QDeadlineTimer, QEventLoop, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from engine.documents.examples import example_names, read_example
from engine.maths.network import Parameter
from engine.run.steps import STEP_ORDERS, StepId
from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.documents.documents import Documents
from gui.learn.lessons.menu import Lessons
from gui.learn.mistakes.strip import MistakeStrip
from gui.learn.tool_host import ToolHost
from gui.learn.tools import add_tools
from gui.panels.controls import ControlsBar
from gui.panels.data import DataPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.network.panel import NetworkPanel
from gui.panels.result import ResultPanel
from gui.panels.ribbon.panel import StepRibbon
from gui.panels.summary import SummaryPanel
from gui.panels.weights import WeightsPanel
from gui.session.named_edits import Intents
from gui.session.player import Player
from gui.session.session import Session
from gui.session.viewing import Writing
from gui.view import View
from gui.widgets.card import Card
from gui.widgets.column import Column
from gui.window.banner import Banner
from gui.window.export_menu import ExportMenu
from gui.window.help_menu import HelpMenu
from gui.window.key_repeats import KeyRepeats
from gui.window.settings import keep_memory, kept_memory
from gui.window.writing_menu import WritingMenu

if TYPE_CHECKING:
    from gui.panels.derivation import DerivationPanel

_SIZE = QSize(1440, 900)
_STATUS_EDGES = 5  # pixels that a status bar keeps above and below what it holds
_SETTLE_MILLISECONDS = 1000
_MESSAGE_MILLISECONDS = 3000
_READ_SECONDS = 0.1  # what changes as slowly as that can be read
_LOAD_MILLISECONDS = 100  # after which what the first picture does without is loaded
_SOON = ("engine.derivations.derive", "gui.formulas.derivation_view", "gui.panels.derivation")


class MainWindow(QMainWindow):
    """The one window of the program. With `remember` it keeps its size, theme and recent files."""

    def __init__(self, remember: bool = True) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(860, 520)
        self._remember = remember
        self.session = Session(self)
        self._intents = Intents(self.session)
        self._player = Player(self.session)
        self._repeats = KeyRepeats(self)
        self.documents = Documents(self.session, self, remember)
        self._build_panels()
        self._build_menus()
        self._wire()
        self._take_first_size()
        if remember:
            self.session.memory = kept_memory()
            geometry = QSettings().value("geometry")
            if isinstance(geometry, QByteArray):
                self.restoreGeometry(geometry)

    def _take_first_size(self) -> None:
        """The usual size, or all of a screen that is smaller."""
        room = self.screen().availableSize()
        # Off screen there is a screen of 800 × 800, but nobody looks at it.
        if QApplication.platformName() == "offscreen" or _SIZE.boundedTo(room) == _SIZE:
            self.resize(_SIZE)
        else:
            self.resize(_SIZE.boundedTo(room))
            self.setWindowState(Qt.WindowState.WindowMaximized)

    # What is in the window

    def _build_panels(self) -> None:
        # From the outside in, see Column.
        inside = QWidget(self)
        self.setCentralWidget(inside)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.controls = ControlsBar(inside)
        layout.addWidget(self.controls)
        columns = QHBoxLayout()
        # Little below: the status bar keeps two lines free for a message.
        columns.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.GAP // 2)
        columns.setSpacing(theme.MARGIN)
        layout.addLayout(columns, 1)
        self._build_left(inside)
        columns.addWidget(self._left)
        self._above = QVBoxLayout()  # what stands above the network
        self._above.setSpacing(theme.MARGIN)
        columns.addLayout(self._above, 1)
        self._build_centre(inside)
        self._build_right(inside)
        columns.addWidget(self._right)
        self._build_status_bar()
        self.canvas.setFocus()
        self._panels: tuple[Any, ...] = (
            self.controls, self.network, self.weights, self.data, self.canvas, self.ribbon,
            self.loss, self.summary, self.result, self.mistake_strip,
        )

    def _build_left(self, inside: QWidget) -> None:
        self._left = Column(needs=640, parent=inside)
        self.network = NetworkPanel(self._left.place)
        self._left.add("Network", self.network, 45)
        self.weights = WeightsPanel(self._left.place)
        self._left.add("Weights", self.weights, 33)
        self.data = DataPanel(self._left.place)
        self._left.add("Data", self.data, 23)

    def _build_right(self, inside: QWidget) -> None:
        self._right = Column(needs=560, parent=inside)
        self._explained = QStackedWidget(self._right.place)
        self._right.add("Why?", self._explained, 54)
        self.summary = SummaryPanel(self._explained)
        self._explained.addWidget(self.summary)
        self.result = ResultPanel(self._right.place)
        self._right.add("Result", self.result, 46)
        self._right.tabbed_changed.connect(self._make_room)

    def _build_centre(self, inside: QWidget) -> None:
        self._centre = QSplitter(Qt.Orientation.Vertical, inside)
        self._centre.setHandleWidth(theme.MARGIN)
        self._centre.setChildrenCollapsible(False)
        self._above.addWidget(self._centre, 1)
        self._canvas_card = canvas_card = Card("", self._centre)
        canvas_card.title.hide()
        self.mistake_strip = MistakeStrip(canvas_card)
        self.canvas = NetworkCanvas(canvas_card)
        self.ribbon = StepRibbon(canvas_card)
        self._sample_back = self._link("‹", "previous sample")
        self._sample_on = self._link("›", "next sample")
        self.canvas.corner.insertWidget(0, self._sample_back)
        self.canvas.corner.addWidget(self._sample_on)
        canvas_card.body.addWidget(self.mistake_strip)
        canvas_card.body.addWidget(self.canvas, 1)
        canvas_card.body.addWidget(self.ribbon)
        self.loss = LossPanel(self._centre, remember=self._remember)
        self._centre.setStretchFactor(0, 7)
        self._centre.setStretchFactor(1, 2)
        self._centre.setSizes([600, 170])

    def _build_status_bar(self) -> None:
        bar, hint = self.statusBar(), QLabel("F1 keys")
        strip = QWidget()  # as high as a message, with and without one
        self._file_label = QLabel(strip)
        self._file_label.setObjectName("fileLabel")
        self.banner = Banner(self._file_label, strip)
        layout = QHBoxLayout(strip)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._file_label)
        layout.addWidget(self.banner, 1)
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        bar.setFixedHeight(self.banner.height() + _STATUS_EDGES)
        bar.addWidget(strip, 1)
        bar.addPermanentWidget(hint)

    @property
    def derivation(self) -> DerivationPanel:
        """The card that explains a step. What it needs is loaded when a step is explained first,
        or soon after the window is up."""
        if self._derivation is None:
            self._derivation = self._make_derivation()
        return self._derivation

    def _make_derivation(self) -> DerivationPanel:
        from gui.panels.derivation import DerivationPanel

        panel = DerivationPanel()
        self._explained.addWidget(panel)
        before = self._panels.index(self.summary)
        self._panels = (*self._panels[:before], panel, *self._panels[before:])
        self._wire_derivation(panel)
        if self._view is not None:
            panel.display(self._view)
        return panel

    def _make_room(self, low: bool) -> None:
        """Leave the height of a low window to the network: the loss goes behind a tab, the
        mistakes into the status bar."""
        strip, idle = self.mistake_strip, self.mistake_strip.isHidden()
        strip.keep_to_a_line(low)
        if low:
            self.statusBar().insertPermanentWidget(1, strip)  # before the hint
            self._right.add_page("Loss", self.loss)
        else:
            self.statusBar().removeWidget(strip)
            self._canvas_card.body.insertWidget(0, strip)
            self._centre.addWidget(self.loss)
            self._centre.setSizes([600, 170])
            self.loss.show()
            self._right.drop_last_tab()
        strip.setHidden(idle)

    def _link(self, text: str, meaning: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("link", True)
        button.setAccessibleName(meaning)
        button.setToolTip(meaning)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        width = event.size().width()
        self._left.setFixedWidth(min(300, max(230, round(width * 0.198))))
        self._right.setFixedWidth(min(420, max(280, round(width * 0.25))))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(_LOAD_MILLISECONDS, self, lambda: self._load_soon(*_SOON))

    def _load_soon(self, *modules: str) -> None:
        """Load what explains a step, in turns that hold nobody up."""
        if self._derivation is not None:
            return
        if modules:
            import_module(modules[0])
            QTimer.singleShot(0, self, lambda: self._load_soon(*modules[1:]))
        else:
            self._derivation = self._make_derivation()

    # Menus and keys

    def _build_menus(self) -> None:
        bar = self.menuBar()
        file_menu = bar.addMenu("&File")
        self._action(file_menu, "&New…", self._new, "Ctrl+N")
        self._action(file_menu, "&Open…", self.documents.open, "Ctrl+O")
        examples = file_menu.addMenu("Open &example")
        for name in example_names():
            self._action(examples, name, lambda name=name: self.documents.open_example(name))
        self._recent_menu = file_menu.addMenu("Open &recent")
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        file_menu.addSeparator()
        self._action(file_menu, "&Save", self.documents.save, "Ctrl+S")
        self._action(file_menu, "Save &as…", self.documents.save_as, "Ctrl+Shift+S")
        self._export = ExportMenu(file_menu, self.session, self.documents)
        file_menu.addSeparator()
        self._action(file_menu, "&Title and note…", self._describe)
        file_menu.addSeparator()
        self._action(file_menu, "&Quit", self.close, "Ctrl+Q")

        edit_menu = bar.addMenu("&Edit")
        stack = self.session.undo_stack
        self._undo = self._action(edit_menu, "Undo", stack.undo, "Ctrl+Z")
        self._redo = self._action(edit_menu, "Redo", stack.redo, "Ctrl+Shift+Z", "Ctrl+Y")
        edit_menu.addSeparator()
        self._action(edit_menu, "&Preferences…", self._prefer)

        run_menu = bar.addMenu("&Run")
        session = self.session
        self._key(run_menu, "Step", session.step, "Space", "PgDown")
        self._key(run_menu, "Step back", session.back, "PgUp")
        for grain, modifier in (("layer", "Shift"), ("pass", "Ctrl")):
            self._key(
                run_menu, f"Step a {grain}", lambda g=grain: session.step(g), f"{modifier}+PgDown"
            )
            self._key(
                run_menu, f"Step back a {grain}", lambda g=grain: session.back(g),
                f"{modifier}+PgUp",
            )
        run_menu.addSeparator()
        play = self._key(run_menu, "Play or stop", self._player.toggle, "P")
        play.setAutoRepeat(False)
        self._step_orders = QActionGroup(self)
        for key, title in STEP_ORDERS.items():
            action = run_menu.addAction(title)
            action.setCheckable(True)
            action.setData(key)
            action.triggered.connect(lambda _=False, key=key: self._intents.set_step_order(key))
            self._step_orders.addAction(action)
        run_menu.addSeparator()
        self._key(run_menu, "One epoch", lambda: session.step("epoch"), "E")
        train = self._key(run_menu, "Train or pause", session.toggle_training, "T")
        train.setAutoRepeat(False)
        run_menu.addSeparator()
        self._key(run_menu, "Reset: start values", session.reset, "R")
        self._action(run_menu, "New seed", session.new_seed)

        view_menu = bar.addMenu("&View")
        themes = QActionGroup(view_menu)
        for name in theme.THEMES:
            text = f"{name.capitalize()} theme"
            action = self._action(view_menu, text, lambda n=name: self.use_theme(n))
            action.setCheckable(True)
            action.setChecked(theme.current().name == name)
            themes.addAction(action)
        view_menu.addSeparator()
        self._add_writing_menu(view_menu)
        view_menu.addSeparator()
        self._action(view_menu, "Fit the network into view", self.canvas.fit)
        self._action(view_menu, "Reset layout", session.reset_layout)

        self.tools = ToolHost(
            bar.addMenu("&Learn"), self._right, session, self._intents, self.documents, self.canvas
        )
        add_tools(self.tools, self.mistake_strip)
        self.lessons = Lessons(self.tools, self, self._above, self._remember)
        self._panels += (self.tools, self.lessons)

        HelpMenu(bar.addMenu("&Help"), self, session, self.documents)

    def _add_writing_menu(self, menu: QMenu) -> None:
        session, writing = self.session, WritingMenu(menu, self._remember)
        session.writing = Writing(writing.digits, writing.notation)
        writing.digits_chosen.connect(session.set_digits)
        writing.notation_chosen.connect(session.set_notation)
        writing.paper_chosen.connect(session.set_paper)

    def _action(self, menu: QMenu, text: str, job: Any, *keys: str) -> QAction:
        action = menu.addAction(text)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda: job())
        return action

    def _key(self, menu: QMenu, text: str, job: Any, *keys: str) -> QAction:
        """An action whose keys belong to a text field while one is being typed into; a key held
        down waits for the picture."""

        def act() -> None:
            if not (_typing() or self._repeats.too_early()):
                job()

        return self._action(menu, text, act, *keys)

    # Wiring

    def _wire(self) -> None:
        session, controls = self.session, self.controls
        session.changed.connect(self._display)
        session.refused.connect(self._say)
        self._intents.noticed.connect(self._say)
        self.banner.action_requested.connect(session.leave_divergence)
        controls.examples_wanted.connect(self._offer_examples)
        controls.example_chosen.connect(self.documents.open_example)
        controls.save_requested.connect(self.documents.save)
        controls.reset_requested.connect(session.reset)
        controls.new_seed_requested.connect(session.new_seed)
        controls.back_requested.connect(lambda: session.back())
        controls.step_requested.connect(lambda: session.step())
        controls.grain_chosen.connect(session.set_grain)
        controls.epoch_requested.connect(lambda: session.step("epoch"))
        controls.train_toggled.connect(session.toggle_training)
        controls.speed_chosen.connect(session.set_pace)
        self.ribbon.seek_requested.connect(session.seek)
        self.ribbon.play_toggled.connect(self._player.toggle)
        self.ribbon.rate_chosen.connect(self._player.set_rate)
        self._player.toggled.connect(self.ribbon.show_playing)
        self.loss.epoch_asked.connect(session.go_to_epoch)
        self.loss.ghost_menu.return_asked.connect(session.go_to_branch)
        self.loss.ghost_menu.rename_asked.connect(self._intents.rename_road)
        self.loss.ghost_menu.hide_asked.connect(self._intents.hide_road)
        self.loss.ghost_menu.remove_asked.connect(self._intents.remove_road)
        self.canvas.step_asked.connect(self._ask)
        self.canvas.unit_moved.connect(session.move_unit)
        self.canvas.layout_reset.connect(session.reset_layout)
        self.weights.parameter_selected.connect(self._ask_about)
        self.data.sample_chosen.connect(session.choose_sample)
        self._sample_back.clicked.connect(lambda: self._other_sample(-1))
        self._sample_on.clicked.connect(lambda: self._other_sample(1))
        self._intents.listen_to(self.canvas, self.network, self.weights, self.data)

    def _wire_derivation(self, panel: DerivationPanel) -> None:
        panel.copied.connect(
            lambda what: self.statusBar().showMessage(f"Copied as {what}", _MESSAGE_MILLISECONDS)
        )
        panel.factor_hovered.connect(self.canvas.highlight)
        panel.explained.connect(self.canvas.trace)
        panel.explained.connect(self.lessons.explain)
        self.canvas.spot_hovered.connect(panel.highlight)

    def _offer_examples(self) -> None:
        """Read the titles of the examples when their menu opens for the first time."""
        self.controls.set_examples([(n, read_example(n).title) for n in example_names()])

    def _other_sample(self, offset: int) -> None:
        count = len(self.session.spec.data)
        self.session.choose_sample((self.session.standing.sample + offset) % count)

    def _ask(self, step: StepId) -> None:
        self.derivation.ask(step)
        self._explained.setCurrentWidget(self.derivation)
        if self.tools.current is None:
            self._right.show_card(self._explained)

    def _ask_about(self, parameter: Parameter) -> None:
        """Explain what was worked out last of a parameter that was chosen in the table."""
        kind = "bias" if parameter.source is None else "weight"
        for phase, what in (("update", "update"), ("backward", "gradient")):
            step = StepId(phase, f"{kind}_{what}", *parameter)
            if self._view is not None and self._view.is_revealed(step):
                self._ask(step)
                return

    def _waiting(self, view: View) -> list[Any]:
        """The panels that a moment of fast training passes over: nobody reads thirty times a
        second, and painting two tables takes a third of it. So they take turns."""
        now = perf_counter()
        pause, self._framed_at = now - self._framed_at, now
        pace = self.session.pace
        is_slow = pace is not None and pace * _READ_SECONDS <= 1.0
        if not view.training or is_slow or pause > _READ_SECONDS:
            return []
        self._frame += 1
        read = [self.weights, self.data, self.summary]
        read.pop(self._frame % len(read))
        return read

    def _display(self, view: View) -> None:
        self._view = view
        explained = self.derivation if view.revealed else self.summary
        waiting = self._waiting(view)
        for panel in self._panels:
            if panel not in waiting:
                panel.display(view)
        for action in self._step_orders.actions():
            action.setChecked(action.data() == view.spec.step_order)
        self._explained.setCurrentWidget(explained)
        for link in (self._sample_back, self._sample_on):
            link.setVisible(len(view.spec.data) > 1)
        if view.divergence is not None:
            self._say(view.divergence.sentence, "Back to the last finite state")
        elif not self.banner.isHidden():
            self.banner.fall_silent()
        self._display_name(view)
        stack = self.session.undo_stack
        for action, verb, possible, what in (
            (self._undo, "Undo", stack.canUndo(), stack.undoText()),
            (self._redo, "Redo", stack.canRedo(), stack.redoText()),
        ):
            action.setEnabled(possible)
            if action.text() != (text := _called(verb, what)):
                action.setText(text)

    def _say(self, sentence: str, action: str | None = None) -> None:
        """Show a message, at once: what the status bar says for a moment would hide it."""
        self.statusBar().clearMessage()
        self.banner.say(sentence, action)

    def _display_name(self, view: View) -> None:
        name = self.documents.name
        locked = " · locked" if view.curtain is not None and view.curtain.locked else ""
        if (name, view.changed, locked) == self._named:
            return
        self._named = name, view.changed, locked
        self._file_label.setText(f"{name} · {'changed' if view.changed else 'saved'}{locked}")
        self.setWindowTitle(f"{name}[*] – Backpass")
        self.setWindowModified(view.changed)

    # Documents

    _view: View | None = None
    _derivation: DerivationPanel | None = None
    _frame, _framed_at = 0, 0.0  # the number of a moment that was shown, and when

    _named: tuple[str, bool, str] | None = None

    # Dialogs and what writes files are loaded when they are asked for: the window is up sooner.

    def _new(self) -> None:
        from gui.documents.new_dialog import NewDialog

        dialog = NewDialog(self)
        if dialog.exec():
            self.documents.open_new(dialog.document())

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self.documents.files.recent():
            job = partial(self.documents.open_path, Path(path))
            self._action(self._recent_menu, path, job)
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("nothing yet").setEnabled(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # whatever goes wrong while the person is asked, the window stays
        if self.documents.may_leave():
            event.accept()
            self.close_quietly()

    def settle(self) -> None:
        """Wait until everything that follows a moment later (finer surface, typeset formulas) is
        there, for a picture of the window."""
        deadline = QDeadlineTimer(_SETTLE_MILLISECONDS)
        while not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def close_quietly(self) -> None:
        """Stop what runs and remember the window, without a question."""
        self.session.close()
        if self._remember:
            QSettings().setValue("geometry", self.saveGeometry())

    # Looks

    def use_theme(self, name: str) -> None:
        """Change the colours of the whole window."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, name)
        for panel in self._panels:
            panel.restyle()
        if self._remember:
            QSettings().setValue("theme", name)
        self.session.announce()

    def _describe(self) -> None:
        from gui.documents.note_dialog import NoteDialog

        standing = self.session.standing
        dialog = NoteDialog(standing.title, standing.note, self)
        if dialog.exec():
            self.session.describe(dialog.title, dialog.note)

    def _prefer(self) -> None:
        from gui.window.preferences import PreferencesDialog

        dialog = PreferencesDialog(self.session.memory, self.session.state, self)
        if dialog.exec():
            self.session.set_memory(dialog.memory)
            if self._remember:
                keep_memory(dialog.memory)


def _called(verb: str, what: str) -> str:
    """What a menu calls a way back: the verb, and what it is about if there is anything."""
    return f"{verb}: {what}".replace("&", "&&") if what else verb


def _typing() -> bool:
    """Whether the keys belong to a text field at the moment."""
    focus = QApplication.focusWidget()
    if isinstance(focus, QAbstractSpinBox):
        return True
    return isinstance(focus, QLineEdit | QPlainTextEdit) and not focus.isReadOnly()
