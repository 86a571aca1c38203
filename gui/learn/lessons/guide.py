"""Guide: leads through one lesson, and says when a step of it is done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.learn.lessons.lesson import Lesson
from engine.learn.lessons.page import page_of
from engine.learn.lessons.task import Happening, Task
from engine.run.steps import StepId
from gui.learn.lessons.progress import LessonProgress
from gui.learn.lessons.show_how import WindowHand
from gui.session.session import Session
from gui.view import View


class Guide(QObject):
    """Leads through one lesson at a time.

    `turned` carries the Page to be shown, or None as a lesson ends. A step that was done stays
    done while it is shown. A lesson ends when another document is opened.
    """

    turned = Signal(object)

    def __init__(self, session: Session, hand: WindowHand, progress: LessonProgress) -> None:
        super().__init__(session)
        self._progress = progress
        self._session = session
        self._hand = hand
        self._lesson: Lesson | None = None
        self._key = ""
        self._index = 0
        self._tasks_done = 0  # of the present step
        self._began: View | None = None  # as the present task was come to
        self._view: View | None = None
        self._asked: StepId | None = None
        self._tool = ""
        self._history: object = None  # of the lesson's document, as long as that is open

    @property
    def under_way(self) -> bool:
        """Whether there is a lesson."""
        return self._lesson is not None

    def begin(self, key: str, lesson: Lesson) -> None:
        """Begin a lesson whose document has just been opened, or go on where it was left: all
        that the steps up to there ask for is done once more, see Task.done_again."""
        self._lesson, self._key, self._index = lesson, key, 0
        self._history = self._session.history
        reached, _ = self._progress.of(key)
        self._turn_to(0)
        for index in range(min(reached, len(lesson.steps)) - 1):
            for task in lesson.steps[index].tasks:
                if task.done_again:
                    self._hand.carry_out(task)
                    self._session.finish()
            self._turn_to(index + 1)

    def end(self) -> None:
        """Leave the lesson; where it was left is kept."""
        if self._lesson is not None:
            self._lesson = self._history = self._session.goal = None
            self.turned.emit(None)

    def turn_back(self) -> None:
        """Show the step before."""
        if self._lesson is not None and self._index > 0:
            self._turn_to(self._index - 1)

    def turn_on(self) -> None:
        """Show the next step if this one is done; the last one finishes the lesson."""
        if self._lesson is None or not self._is_done:
            return
        if self._index + 1 < len(self._lesson.steps):
            self._turn_to(self._index + 1)
        else:
            self._progress.keep(self._key, 0, True)
            self.end()

    def show_how(self) -> None:
        """Do what is asked for now."""
        if self._lesson is not None and not self._is_done:
            self._hand.carry_out(self._tasks[self._tasks_done])

    # What happens in the window

    def see(self, view: View) -> None:
        """Take in what the window shows now."""
        self._view = view
        if self._lesson is not None and self._session.history is not self._history:
            self.end()
        self._judge()

    def hear_of_step(self, step: StepId | None) -> None:
        """Take in which step's derivation is shown."""
        self._asked = step
        self._judge()

    def hear_of_tool(self, title: str) -> None:
        """Take in which tool is open; "" for none."""
        self._tool = title
        self._judge()

    @property
    def _tasks(self) -> tuple[Task, ...]:
        return () if self._lesson is None else self._lesson.steps[self._index].tasks

    @property
    def _is_done(self) -> bool:
        return self._tasks_done == len(self._tasks)

    def _turn_to(self, index: int) -> None:
        reached, finished = self._progress.of(self._key)
        self._index, self._began = index, self._view
        self._tasks_done = len(self._tasks) if index + 1 < reached else 0
        if index + 1 > reached:
            self._progress.keep(self._key, index + 1, finished)
        self._judge()

    def _judge(self) -> None:
        """See what of the step is done by now, and show it as it is."""
        lesson, view = self._lesson, self._view
        if lesson is None or view is None:
            return
        while not self._is_done:
            happening = Happening(self._began or view, view, self._asked, self._tool)
            if not self._tasks[self._tasks_done].is_done(happening):
                break
            self._tasks_done += 1
            self._began = view
        task = None if self._is_done else self._tasks[self._tasks_done]
        self._session.goal = None if task is None else task.goal(view.spec)
        reached, _ = self._progress.of(self._key)
        page = page_of(lesson, self._index, reached, self._tasks_done, view.spec, view.notation)
        self.turned.emit(page)
