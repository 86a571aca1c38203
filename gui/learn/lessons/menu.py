"""Lessons: their submenu, the strip that shows one, and what of the window it listens to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from engine.documents.whole_file import read_up_to, reason
from engine.learn.lessons.bundled import SUFFIX, bundled_lesson, lesson_names, lesson_title
from engine.run.steps import StepId
from gui.learn.lessons.progress import LessonProgress
from gui.learn.tool_host import ToolHost
from gui.view import View
from gui.widgets.plain_text import menu_text

if TYPE_CHECKING:
    from engine.learn.lessons.lesson import Lesson, LessonError
    from engine.learn.lessons.page import Page
    from gui.learn.lessons.guide import Guide
    from gui.learn.lessons.strip import LessonStrip

_FILTER = f"Lessons (*{SUFFIX} *.md *.txt);;All files (*)"
_SHOWN_PROBLEMS = 8


class Lessons(QObject):
    """Fills Learn ▸ Lessons, and puts the strip that shows one at the top of the layout `above`.

    Strip and guide are loaded and built for the first lesson, so that the window is up sooner.
    """

    def __init__(
        self, host: ToolHost, window: QWidget, above: QVBoxLayout, remember: bool
    ) -> None:
        super().__init__(window)
        self._host = host
        self._window = window
        self._above = above
        self._progress = LessonProgress(remember)
        self._parts: tuple[LessonStrip, Guide] | None = None
        self._view: View | None = None
        self._explained: StepId | None = None
        host.opened.connect(lambda _: self._hear_of_tool())
        host.closed.connect(lambda _: self._hear_of_tool())
        self._build_menu()

    def put_aside(self, is_aside: bool) -> None:
        """Have no strip in the window for a while, or have it back."""
        if self._parts is not None:
            self.strip.put_aside(is_aside)

    @property
    def strip(self) -> LessonStrip:
        """The strip; hidden while there is no lesson."""
        return self._built()[0]

    @property
    def _guide(self) -> Guide:
        return self._built()[1]

    def _built(self) -> tuple[LessonStrip, Guide]:
        """The strip and the guide, wired to each other; made when they are asked for first."""
        if self._parts is None:
            from gui.learn.lessons.guide import Guide
            from gui.learn.lessons.show_how import WindowHand
            from gui.learn.lessons.strip import LessonStrip

            strip, host = LessonStrip(), self._host
            hand = WindowHand(host.session, host.intents)
            hand.ask_wanted.connect(host.canvas.asked)
            hand.tool_wanted.connect(self._open_tool)
            guide = Guide(host.session, hand, self._progress)
            guide.turned.connect(self._show)
            strip.back_requested.connect(guide.turn_back)
            strip.next_requested.connect(guide.turn_on)
            strip.show_requested.connect(guide.show_how)
            strip.close_requested.connect(guide.end)
            self._above.insertWidget(0, strip)
            strip.come_before(host.canvas)
            self._parts = strip, guide
            # What it would have heard of until now:
            if self._view is not None:
                guide.see(self._view)
            guide.hear_of_step(self._explained)
            self._hear_of_tool()
        return self._parts

    # What the window hands on

    def display(self, view: View) -> None:
        """See what the window shows now."""
        self._view = view
        if self._parts is not None:
            self._guide.see(view)

    def explain(self, step: StepId | None) -> None:
        """Hear which step's derivation is shown."""
        self._explained = step
        if self._parts is not None:
            self._guide.hear_of_step(step)

    def _hear_of_tool(self) -> None:
        if self._parts is not None:
            self._guide.hear_of_tool(self._host.open_title)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        if self._parts is not None:
            self.strip.restyle()

    # Opening one

    def open_bundled(self, name: str) -> None:
        """Begin a bundled lesson, or go on where it was left."""
        self._begin(name, bundled_lesson(name))

    def open_path(self, path: Path) -> None:
        """Begin the lesson in a file, or say by line what is wrong with it."""
        from engine.learn.lessons.lesson import MAX_BYTES, LessonError, read_lesson

        try:
            data = read_up_to(path, MAX_BYTES)
            lesson = read_lesson(data, path.parent, self._host.titles)
        except OSError as error:
            self._host.documents.files.say(f"{path} cannot be read: {reason(error)}.")
        except LessonError as error:
            self._host.documents.files.say(_told(path.name, error))
        else:
            self._begin(quote(str(path.resolve()), safe=""), lesson)

    def _begin(self, key: str, lesson: Lesson) -> None:
        documents = self._host.documents
        if documents.may_leave():
            self._guide.end()
            self._host.close()
            documents.show(lesson.document, lesson.name)
            self._guide.begin(key, lesson)
            self.strip.setFocus()

    def _ask_path(self) -> None:
        folder = self._host.documents.files.folder()
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open a lesson", folder, _FILTER)
        if chosen:
            self.open_path(Path(chosen))

    def _show(self, page: Page | None) -> None:
        self.strip.show_page(page)
        self._enable(page)

    def _enable(self, page: Page | None) -> None:
        """Offer what can be done on a page of a lesson."""
        for action in self._under_way:
            action.setEnabled(page is not None)
        self._on.setEnabled(page is not None and page.done)

    # The menu

    def _build_menu(self) -> None:
        menu = self._menu = self._host.menu.addMenu("&Lessons")
        menu.setObjectName("lessons")
        first = self._host.menu.actions()[0]
        if first is not menu.menuAction():
            self._host.menu.insertMenu(first, menu)
            self._host.menu.insertSeparator(first)
        menu.aboutToShow.connect(self._tick)
        self._entries: dict[str, QAction] = {}
        for name in lesson_names():
            action = menu.addAction(menu_text(lesson_title(name)))
            action.setObjectName(f"lesson/{name}")
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, name=name: self.open_bundled(name))
            self._entries[name] = action
        menu.addSeparator()
        menu.addAction("&Open a lesson file…").triggered.connect(self._ask_path)
        menu.addSeparator()
        self._on = menu.addAction("&Next step")
        self._on.setShortcut(QKeySequence("Ctrl+Return"))
        self._on.triggered.connect(lambda: self._guide.turn_on())
        back = menu.addAction("Step &before")
        back.setShortcut(QKeySequence("Ctrl+Shift+Return"))
        back.triggered.connect(lambda: self._guide.turn_back())
        leave = menu.addAction("Lea&ve the lesson")
        leave.triggered.connect(lambda: self._guide.end())
        self._under_way = (self._on, back, leave)
        self._enable(None)
        self._tick()

    def _tick(self) -> None:
        """Tick the lessons that were finished."""
        for name, action in self._entries.items():
            action.setChecked(self._progress.of(name)[1])

    def _open_tool(self, wanted: str) -> None:
        for title in self._host.titles:
            if title.casefold() == wanted.casefold() and title != self._host.open_title:
                self._host.open(title)


def _told(name: str, error: LessonError) -> str:
    """What is wrong in a file, a line for each problem."""
    lines = [str(problem) for problem in error.problems[:_SHOWN_PROBLEMS]]
    more = len(error.problems) - len(lines)
    if more:
        lines.append(f"and {more} more")
    return f"{name} cannot be used as a lesson:\n\n" + "\n".join(lines)
