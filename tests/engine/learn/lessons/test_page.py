"""Pages: what is shown of one step of a lesson."""

from __future__ import annotations

from engine.formulas.notation import Notation
from engine.learn.lessons.lesson import read_lesson
from engine.learn.lessons.page import page_of

LESSON = read_lesson(
    b"""title: T
example: mazur-2-2-2
# One
Ask for {gradient w5}.
wait: step gradient w5
wait: ask gradient w5
# Two
Well.
wait: next
"""
)
SPEC = LESSON.document.spec


def test_a_page_asks_for_the_first_task_that_is_not_done() -> None:
    pages = [page_of(LESSON, 0, 1, done, SPEC, Notation()) for done in range(3)]
    assert [page.asked.partition(" ")[0] for page in pages] == ["Step", "Ask", "Ask"]
    assert [page.done for page in pages] == [False, False, True]
    assert {(page.number, page.count, page.is_last) for page in pages} == {(1, 2, False)}
    assert not pages[0].by_reading


def test_a_page_is_written_in_the_notation() -> None:
    page = page_of(LESSON, 0, 1, 0, SPEC, Notation(loss="L", parameters="indexed"))
    assert page.paragraphs == ("Ask for ∂<i>L</i>/∂<i>w</i><sup>2</sup><sub>11</sub>.",)
    assert page.asked == "Step until the gradient of w²₁₁ is shown."


def test_the_last_page_says_so_where_there_is_nothing_to_do() -> None:
    page = page_of(LESSON, 1, 2, 1, SPEC, Notation())
    assert page.is_last and page.by_reading and page.done
    assert page.asked == "This was the last step."
