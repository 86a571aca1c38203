"""A page: what the window shows of one step of a lesson, as plain data."""

from __future__ import annotations

from msgspec import Struct

from engine.formulas.notation import Notation
from engine.learn.lessons.lesson import Lesson
from engine.learn.lessons.texts import rich_text
from engine.run.spec import Spec


class Page(Struct, frozen=True):
    """One step of a lesson. `paragraphs` are HTML, `asked` is plain text.

    `number` of `count` steps, from 1; `reached` is how many were ever shown. `done` says that
    one may go on, `by_reading` that there is nothing to be done on it.
    """

    title: str
    heading: str
    paragraphs: tuple[str, ...]
    asked: str
    number: int
    count: int
    reached: int
    done: bool
    by_reading: bool

    @property
    def is_last(self) -> bool:
        """Whether it is the lesson's last step."""
        return self.number == self.count


def page_of(
    lesson: Lesson, index: int, reached: int, tasks_done: int, spec: Spec, notation: Notation
) -> Page:
    """The page of step `index`, from 0, of whose tasks so many are done; written for the network
    that is shown."""
    step = lesson.steps[index]
    task = step.tasks[min(tasks_done, len(step.tasks) - 1)]
    is_end = task.by_reading and index + 1 == len(lesson.steps)
    return Page(
        title=lesson.title,
        heading=step.heading,
        paragraphs=tuple(
            rich_text(text, spec.network, notation) for text in step.paragraphs
        ),
        asked="This was the last step." if is_end else task.sentence(spec, notation),
        number=index + 1,
        count=len(lesson.steps),
        reached=reached,
        done=tasks_done == len(step.tasks),
        by_reading=task.by_reading,
    )
