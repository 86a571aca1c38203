"""Exercises in the window: a new one, and the next variant of the one that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.learn.tool_host import ToolHost
from gui.session.session import Session

if TYPE_CHECKING:
    from engine.learn.exercises.exercise import Exercise


def add_exercises(host: ToolHost) -> None:
    """Add to the "Learn" menu what makes a new exercise, and the next variant of an open one."""
    session, documents = host.session, host.documents

    # What makes exercises is loaded when one is asked for, so that the window is up sooner.
    def new() -> None:
        from engine.learn.exercises.exercise import Exercise
        from gui.learn.exercises.dialog import ExerciseDialog

        usual = _open_exercise(session) or Exercise()
        dialog = ExerciseDialog(usual, documents.files.folder(), host.menu.window())
        accepted = dialog.exec()
        if dialog.sheet is not None:
            documents.files.begin_in(dialog.sheet.parent)
            documents.files.exported.emit(dialog.sheet)
        if accepted:
            documents.open_new(dialog.document(), dialog.exercise().name)

    def next_variant() -> None:
        from engine.learn.exercises.exercise import ExerciseError, make_exercise

        exercise = _open_exercise(session)
        if exercise is None:
            return
        following = exercise.next_variant()
        try:
            document = make_exercise(following)
        except ExerciseError as error:
            session.refused.emit(str(error))
            return
        documents.open_new(document, following.name)

    host.menu.addAction("New &exercise…").triggered.connect(lambda: new())
    variant = host.menu.addAction("Next &variant of the exercise")
    variant.triggered.connect(lambda: next_variant())
    session.changed.connect(lambda: variant.setEnabled(_open_exercise(session) is not None))


def _open_exercise(session: Session) -> Exercise | None:
    """What the open document was made from, if it is an exercise."""
    document = session.document_as_opened
    if not document.own_keys:
        return None  # as of most documents; nothing need be loaded to know
    from engine.learn.exercises.exercise import exercise_of

    return exercise_of(document)
