"""The window: builds every widget, and wires what each reports to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent, QStatusTipEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QWidget

from engine.documents.examples import example_names, read_example
from engine.maths.network import Parameter
from engine.run.given import Given
from engine.run.steps import StepId
from gui import settings, theme
from gui.documents.documents import Documents
from gui.learn.lessons.menu import Lessons
from gui.learn.tool_host import ToolHost
from gui.learn.tools import add_tools
from gui.lenses.lenses import Lenses
from gui.session.named_edits import Intents
from gui.session.player import Player
from gui.session.session import Session
from gui.view import View
from gui.widgets.labels import PlainLabel
from gui.widgets.typed_text import take_typed_text
from gui.window.banner import Action, Banner
from gui.window.columns import Columns
from gui.window.dropped_files import DroppedFiles
from gui.window.export_notice import ExportNotice
from gui.window.focus_frame import FocusFrames
from gui.window.help_menu import HelpMenu
from gui.window.menus import Menus
from gui.window.outside_notice import OutsideNotice
from gui.window.pictures import Pictures
from gui.window.presenting import Presenting
from gui.window.refreshing import Refreshing

if TYPE_CHECKING:
    from engine.training.errand import Arrival
    from gui.panels.derivation import DerivationPanel
    from gui.window.safekeeping import Safekeeping

_SIZE = QSize(1440, 900)
_FRAME = QSize(16, 48)  # what a window manager puts around a window, as far as one can know
_LEAST = QSize(860, 480)  # with a frame it fits a screen of 960 × 540
_STATUS_EDGES = 5  # pixels that a status bar keeps above and below what it holds
_SETTLE_MILLISECONDS = 1000
_MESSAGE_MILLISECONDS = 3000
_WELCOME_MILLISECONDS = 400  # after which a first picture stands, and an offer if there is one
_NOTICE_MILLISECONDS = 15_000  # for a sentence to be read; it covers what the file's state is
_HOW_TO_EDIT = (
    "A click asks about a number. Double click it, press Enter or type a digit to edit it; Space "
    "and Page Down step on."
)
_LOAD_MILLISECONDS = 100  # after which what the first picture does without is loaded


class MainWindow(QMainWindow):
    """The one window of the program. With `remember` it keeps its size, theme and recent files."""

    def __init__(self, remember: bool = True) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setMinimumSize(_LEAST)
        self._remember = remember
        self._view: View | None = None
        self._safekeeping: Safekeeping | None = None
        self._named: tuple[str, bool, str] | None = None
        self.session = Session(self)
        self._intents = Intents(self.session)
        self._player = Player(self.session)
        self.documents = Documents(self.session, self, remember)
        self._build_panels()
        FocusFrames(self)
        self._build_menus()
        self._wire()
        DroppedFiles(self, self.documents)
        self._follow_system()
        self._take_first_size()
        if remember:
            self.session.memory = settings.MEMORY.kept() * settings.MIB
            self.restoreGeometry(settings.GEOMETRY.kept())

    def _take_first_size(self) -> None:
        """The usual size, or all of a screen on which that has no room within its frame."""
        room = self.screen().availableSize()
        has_room = _SIZE.boundedTo(room - _FRAME) == _SIZE
        # Off screen there is a screen of 800 × 800, but nobody looks at it.
        if QApplication.platformName() == "offscreen" or has_room:
            self.resize(_SIZE)
        else:
            self.resize(_SIZE.boundedTo(room))
            self.setWindowState(Qt.WindowState.WindowMaximized)

    # What is in the window

    def _build_panels(self) -> None:
        self._columns = columns = Columns(self, self._remember)
        self.controls = columns.controls
        self.network, self.weights, self.data = columns.network, columns.weights, columns.data
        self.canvas, self.ribbon, self.loss = columns.canvas, columns.ribbon, columns.loss
        self.why, self.summary, self.result = columns.why, columns.why.summary, columns.result
        self.mistake_strip = columns.mistake_strip
        self._build_status_bar()
        self.canvas.setFocus()

    def _build_status_bar(self) -> None:
        bar, hint = self.statusBar(), PlainLabel("F1 keys")
        strip = QWidget()  # as high as a message, with and without one
        self._file_label = PlainLabel(name="fileLabel", parent=strip)
        self.banner = Banner(self._file_label, strip)
        layout = QHBoxLayout(strip)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._file_label)
        layout.addWidget(self.banner, 1)
        bar.setSizeGripEnabled(False)
        bar.setContentsMargins(theme.MARGIN, 0, theme.MARGIN, 0)
        bar.addWidget(strip, 1)
        # Qt hides it beneath a message, and shows it again as the height of the bar changes.
        bar.messageChanged.connect(lambda words: strip.setHidden(bool(words)))
        bar.addPermanentWidget(hint)
        self._restyle_status_bar()

    def _restyle_status_bar(self) -> None:
        self.banner.restyle()
        self.statusBar().setFixedHeight(self.banner.height() + _STATUS_EDGES)

    def _build_menus(self) -> None:
        bar, session, documents = self.menuBar(), self.session, self.documents
        self.pictures = Pictures(self._columns, session, documents)
        self.presenting = Presenting(self, self._columns, self.banner, self.use_text_size)
        self.lenses = Lenses(
            self._columns.lens_place, session, self._intents, self.canvas, self._remember
        )
        self._menus = Menus(
            self, session, documents, self._intents, self._player, self._columns, self.pictures,
            self.presenting, self.lenses, self.use_theme, self.use_text_size, self._remember,
        )
        self.tools = ToolHost(
            bar.addMenu("&Learn"), self._columns.right, session, self._intents, documents,
            self.canvas,
        )
        add_tools(self.tools)
        self.lessons = Lessons(self.tools, self, self._columns.above, self._remember)
        self.help = HelpMenu(
            bar.addMenu("&Help"), self, session, documents, self._columns, self.lessons
        )
        for menu in bar.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            menu.aboutToShow.connect(take_typed_text)
        panels = (
            self.controls, self.network, self.weights, self.data, self.canvas, self.ribbon,
            self.loss, self._columns.why, self.summary, self.result, self.lenses,
            self.mistake_strip, self.tools, self.lessons,
        )
        self._refreshing = Refreshing(panels, (self.weights, self.data))

    @property
    def derivation(self) -> DerivationPanel:
        """The card that explains a step."""
        return self._columns.why.derivation

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._columns.share_out(event.size().width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # nothing inside made use of it
            self.presenting.leave()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(_LOAD_MILLISECONDS, self, self._load)

    def _load(self) -> None:
        """Load what the first picture does without."""
        self._columns.why.load()
        if self._remember and self._safekeeping is None and self.isVisible():
            from gui.window.safekeeping import Safekeeping

            self._safekeeping = Safekeeping(self.session, self.documents, self.banner)

    def welcome_once(self) -> None:
        """Show the ways in once the window is painted, to somebody who is here for the first time;
        not over the offer of what was left by an end that saved nothing."""
        if settings.WELCOMED.kept():
            return

        def welcome() -> None:
            is_free = self.banner.isHidden() and QApplication.activeModalWidget() is None
            if self.isVisible() and is_free:
                settings.WELCOMED.keep(True)
                self.help.welcome()

        QTimer.singleShot(_WELCOME_MILLISECONDS, self, welcome)

    # Wiring

    def _wire(self) -> None:
        session, controls = self.session, self.controls
        self._columns.sides_changed.connect(self._menus.follow)
        self.presenting.changed.connect(self._menus.follow)
        self.lenses.changed.connect(self._menus.follow)
        self.lenses.opened.connect(lambda: self._columns.bring_forward(self._columns.lens_place))
        self.presenting.changed.connect(
            lambda: self.lessons.put_aside(not self.presenting.shows_all)
        )
        self.tools.opened.connect(lambda _: self.presenting.make_room_for_tool())
        session.changed.connect(self._display)
        session.opened.connect(self._start_anew)
        session.refused.connect(self._say)
        self._intents.noticed.connect(self._say)
        self.documents.files.noticed.connect(self._notice)
        OutsideNotice(self, session, self.documents, self.banner)
        self.documents.files.exported.connect(ExportNotice(self, self.banner).tell)
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
        session.set_pace(controls.pace)
        session.arrived.connect(self._tell_of_arrival)
        session.background.worked_on.connect(controls.show_within)
        self.ribbon.seek_requested.connect(session.seek)
        self.ribbon.play_toggled.connect(self._player.toggle)
        self.ribbon.rate_chosen.connect(self._player.set_rate)
        self._player.toggled.connect(self.ribbon.show_playing)
        self.loss.epoch_asked.connect(session.go_to_epoch)
        self.loss.ghost_menu.return_asked.connect(session.go_to_branch)
        self.loss.ghost_menu.rename_asked.connect(self._intents.rename_road)
        self.loss.ghost_menu.hide_asked.connect(self._intents.hide_road)
        self.loss.ghost_menu.remove_asked.connect(self._intents.remove_road)
        self.mistake_strip.right_asked.connect(self._intents.do_it_right)
        self.canvas.asked.connect(self._ask)
        self.data.rows_marked.connect(self._columns.show_data)
        for table in (self.weights, self.data):
            table.asked.connect(self.canvas.select)
            table.asked.connect(self._ask)
            self.canvas.selected.connect(table.show_selected)
        self.canvas.unit_moved.connect(session.move_unit)
        self.canvas.layout_reset.connect(session.reset_layout)
        self._columns.why.derivation_made.connect(self._wire_derivation)
        for panel in (self.data, self.result):
            panel.sample_chosen.connect(session.choose_sample)
        self.result.sample_drawn.connect(self._intents.draw_sample)
        self.result.sample_moved.connect(self._intents.move_sample)
        self.result.sample_removed.connect(lambda row: self._intents.remove_rows([row]))
        self._columns.sample_back.clicked.connect(lambda: self._other_sample(-1))
        self._columns.sample_on.clicked.connect(lambda: self._other_sample(1))
        self._intents.listen_to(self.canvas, self.network, self.weights, self.data)

    def _wire_derivation(self, panel: DerivationPanel) -> None:
        panel.copied.connect(
            lambda what: self._notice(f"Copied as {what}", _MESSAGE_MILLISECONDS)
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

    def _start_anew(self) -> None:
        """Begin a document, or the same one again, with all of the network and of its run in
        sight and the keys at the network."""
        self.canvas.start_anew()
        self.loss.show_all()
        self.canvas.setFocus()

    def _ask(self, number: StepId | Parameter | Given) -> None:
        self._columns.why.explain(number)
        if self.tools.current is None:
            self._columns.right.show_card(self._columns.why)
        is_quiet = self.presenting.shows_all and not self.statusBar().currentMessage()
        if self._remember and is_quiet and not settings.TOLD_HOW_TO_EDIT.kept():
            settings.TOLD_HOW_TO_EDIT.keep(True)
            self._notice(_HOW_TO_EDIT)

    def _display(self, view: View) -> None:
        self._view = view
        self._refreshing.display(view, self.session.pace)
        for link in (self._columns.sample_back, self._columns.sample_on):
            link.setVisible(len(view.spec.data) > 1)
        if view.divergence is not None:
            way_back = "Back to the last finite state", self.session.leave_divergence
            self._say(view.divergence.sentence, way_back)
        else:
            self.banner.pass_over()
        self._display_name()
        self._menus.follow()

    def _say(
        self, sentence: str, *actions: Action, stays: bool = False, is_good: bool = False
    ) -> None:
        """Show a message, at once: what the status bar says for a moment would hide it."""
        self.statusBar().clearMessage()
        self.banner.say(sentence, *actions, stays=stays, is_good=is_good)

    def _notice(self, sentence: str, milliseconds: int = 0) -> None:
        """Show a sentence for a while, the usual one unless it is given, whatever happens
        meanwhile."""
        self.presenting.make_room_for_notice()
        self.statusBar().showMessage(sentence, milliseconds or _NOTICE_MILLISECONDS)

    def event(self, event: QEvent) -> bool:
        """Show what a field says as it is left. An entry of a menu, which has nothing to say when
        it is pointed at, leaves what is shown."""
        if isinstance(event, QStatusTipEvent):
            if event.tip():
                self._notice(event.tip())
            return True
        return super().event(event)

    def _tell_of_arrival(self, arrival: Arrival) -> None:
        sentence = arrival.sentence(self.session.spec, self.session.writing.digits)
        self._say(sentence, is_good=arrival.is_good)

    def tell_of_fault(self, sentence: str, report: str) -> None:
        """Say that the program failed, until that is closed. Title and menus follow what is there,
        whatever else could not."""
        copy = QApplication.clipboard().setText
        self.keep_now()
        self._say(sentence, ("Copy the report", lambda: copy(report)), stays=True)
        self._display_name()
        self._menus.follow()

    def _display_name(self) -> None:
        name, changed, curtain = self.documents.name, self.session.is_changed, self.session.curtain
        locked = " · locked" if curtain is not None and curtain.locked else ""
        if (name, changed, locked) == self._named:
            return
        self._named = name, changed, locked
        self._file_label.setText(f"{name} · {'changed' if changed else 'saved'}{locked}")
        # Qt puts the mark of a changed document in the place of [*], and [*] for two of them.
        self.setWindowTitle(f"{name.replace('[*]', '[*][*]')}[*] – Backpass")
        self.setWindowModified(changed)

    # Looks

    def use_theme(self, name: str) -> None:
        """Change the colours of the whole window; `name` is one of theme.CHOICES."""
        self._restyle(name=name)
        if self._remember:
            settings.THEME.keep(name)

    def _follow_system(self) -> None:
        """Have the theme of the system follow the system, from now on."""
        hints = QApplication.styleHints()
        for changed in (hints.colorSchemeChanged, hints.accessibility().contrastPreferenceChanged):
            changed.connect(self._on_system_changed)

    def _on_system_changed(self) -> None:
        if theme.chosen() == theme.SYSTEM:
            self._restyle()

    def use_text_size(self, percent: int, keep: bool = True) -> None:
        """Change the size of all text, in percent.

        A mode that wants large text for a while keeps theme.percent(), sets its own size with
        keep=False, which may be beyond theme.TEXT_SIZES, and at its end sets the one it kept.
        """
        if percent != theme.percent():
            self._restyle(percent=percent)
        if keep and self._remember and not self.presenting.is_presenting:
            settings.TEXT_SIZE.keep(percent)

    def _restyle(self, name: str | None = None, percent: int | None = None) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.apply(app, name, percent)
        self._restyle_status_bar()
        self._columns.restyle()
        self._refreshing.restyle()
        self.session.announce()

    def settle(self) -> None:
        """Wait until everything that follows a moment later (finer surface, typeset formulas) is
        there, for a picture of the window."""
        deadline = QDeadlineTimer(_SETTLE_MILLISECONDS)
        while not deadline.hasExpired():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    # The end

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # whatever goes wrong while the person is asked, the window stays
        if self.documents.may_leave():
            event.accept()
            if self._safekeeping is not None:
                self._safekeeping.forget()
            self.close_quietly()

    def keep_now(self) -> None:
        """Keep what is open in a recovery file at once: the program may be about to end."""
        if self._safekeeping is not None:
            self._safekeeping.keep_now()

    def close_unasked(self) -> None:
        """Keep what is open, what is typed into a field with it, and close without a question."""
        take_typed_text()
        self.keep_now()
        if self._view is not None:  # at the start a message may stand before there is any document
            self.documents.keep_place()
        self.close_quietly()
        self.hide()  # the pointer leaves while all is there that follows it

    def close_quietly(self) -> None:
        """Stop what runs and remember the window, without a question."""
        if self._safekeeping is not None:
            self._safekeeping.close()
            self._safekeeping = None
        self.session.close()
        if self._remember:
            settings.GEOMETRY.keep(self.presenting.geometry)
