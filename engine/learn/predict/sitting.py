"""A sitting: the values a person was asked for while predicting, and the answers given.

It goes into a result file (engine.learn.predict.result_file); what it comes to in
marks is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from engine.formulas.notation import Notation
from engine.learn.predict.feedback import feedback
from engine.learn.predict.judging import (
    FULL_MARKS,
    MORE_DIGITS,
    OWN_VALUES,
    Judgement,
    judge,
    read_answer,
)
from engine.run.column_words import SCALED, is_scaled
from engine.run.iteration import Iteration
from engine.run.spec import Spec
from engine.run.steps import StepId, title_of
from engine.run.value_kinds import Asked

SKIPPED = "skipped"
FIRST_TRY, LATER_TRY = 1.0, 0.5  # what a right answer is worth
_MOST_DIGITS = 15  # that all decimal numbers keep in a double


class TypedAnswer(Struct, frozen=True):
    """One answer as it was typed, its value, and what it is."""

    text: str
    value: float
    judgement: Judgement


class AskedValue(Struct):
    """One value that was asked for: of the iteration after `t` updates, of a sample (its row,
    None for the batch). `right` is its value; it is `closed` once that was shown."""

    t: int
    step: StepId
    sample: int | None
    symbol: str
    right: float
    answers: list[TypedAnswer] = field(default_factory=list)
    hints: int = 0
    closed: bool = False

    @property
    def asked(self) -> Asked:
        """What was asked for, whatever the iteration."""
        return self.step, self.sample

    @property
    def verdict(self) -> str:
        """What the last answer is; "skipped" without one."""
        return self.answers[-1].judgement.verdict if self.answers else SKIPPED

    @property
    def is_right(self) -> bool:
        """Whether the last answer gets marks."""
        return self.verdict in FULL_MARKS

    @property
    def points(self) -> float:
        """1 for a right answer, ½ for one after wrong ones, else 0; hints cost nothing."""
        if not self.is_right:
            return 0.0
        return FIRST_TRY if len(self.answers) == 1 else LATER_TRY

    @property
    def recognised(self) -> tuple[str, ...]:
        """The slips and mistakes that its wrong answers look like, each once."""
        found = (key for answer in self.answers for key in answer.judgement.recognised)
        return tuple(dict.fromkeys(found))

    def about(self, spec: Spec, notation: Notation) -> str:
        """What is asked for in words: node delta of h1 · sample 2 of 4."""
        words, count = self._words(spec, notation), len(spec.data)
        if is_scaled(spec):
            words = f"{words} · {SCALED}"
        if count == 1:
            return words
        if self.sample is not None:
            return f"{words} · sample {self.sample + 1} of {count}"
        rows = spec.batch_rows(self.t)
        if len(rows) == 1:
            return f"{words} · batch of one: sample {rows[0] + 1} of {count}"
        return f"{words} · {spec.reduction} over the batch of {len(rows)}"

    def _words(self, spec: Spec, notation: Notation) -> str:
        step, title = self.step, title_of(spec.network, self.step, notation)
        if step.kind == "loss_after":
            return "loss of the same samples after the update"
        if step.kind.endswith("update"):
            return f"{title.removeprefix('update of ')} after the update"
        return f"node {title}" if step.kind == "delta" else title


class Score(Struct, frozen=True):
    """What some questions come to: points, and how many were closed, are right, are right from
    the person's own values, and how many hints were given."""

    points: float
    questions: int
    right: int
    own_values: int
    hints: int


def score_of(questions: Iterable[AskedValue]) -> Score:
    """The score of the questions that are closed."""
    closed = [question for question in questions if question.closed]
    return Score(
        points=sum(question.points for question in closed),
        questions=len(closed),
        right=sum(question.is_right for question in closed),
        own_values=sum(question.verdict == OWN_VALUES for question in closed),
        hints=sum(question.hints for question in closed),
    )


class Sitting(Struct):
    """All questions of one person's sitting, in the order in which they were asked.

    `hidden` are the kinds asked for (keys of EVERY_KIND); with `own_values` an answer that is right
    from the person's earlier ones gets full marks. `unlocked` says that a locked document was
    unlocked on the way. `own` are the last answers to the closed questions of the iteration that
    is under way; whoever goes on to another empties it.
    """

    person: str
    hidden: tuple[str, ...]
    own_values: bool
    locked: bool = False
    unlocked: bool = False
    questions: list[AskedValue] = field(default_factory=list)
    own: dict[Asked, float] = field(default_factory=dict)

    @property
    def has_answers(self) -> bool:
        """Whether there is anything that would be lost."""
        return any(question.answers or question.closed for question in self.questions)

    @property
    def contents(self) -> list[tuple[int, int, bool]]:
        """By question: how many answers and hints it has, and whether it is closed. What was saved
        is out of date once this has changed."""
        return [(len(q.answers), q.hints, q.closed) for q in self.questions]

    @property
    def score(self) -> Score:
        """The score of the questions that are closed by now."""
        return score_of(self.questions)

    def ask(self, t: int, asked: Asked, symbol: str, right: float) -> AskedValue:
        """Ask for a value of the iteration after t updates: anew, or go on with the question that
        is still open. `symbol` and `right`, the value, are as the window has them now."""
        for question in reversed(self.questions):
            if (question.t, question.asked) == (t, asked):
                if not question.closed:
                    question.symbol, question.right = symbol, right
                    return question
                break
        question = AskedValue(t, *asked, symbol, right)
        self.questions.append(question)
        return question

    def answer(
        self, question: AskedValue, text: str, iteration: Iteration, row: int, digits: int | None
    ) -> tuple[Judgement, str]:
        """Judge an answer, and keep it unless it has too few digits to be one.

        `row` is the sample looked at. Also returns what to say, with so many significant digits
        (None: all), or as many as were typed if these are more. Raises ValueError with a sentence
        where nothing can be read.
        """
        typed = read_answer(text)
        own = self.own if self.own_values else None
        judgement = judge(typed, iteration, question.step, row, own)
        if judgement.verdict != MORE_DIGITS:
            question.answers.append(TypedAnswer(typed.text, typed.value, judgement))
        if digits is not None:
            digits = max(digits, min(typed.digits, _MOST_DIGITS))
        return judgement, feedback(judgement, question.symbol, question.right, digits)

    def close(self, question: AskedValue) -> None:
        """Take no more answers; the last one counts among the person's own values."""
        question.closed = True
        if question.answers:
            self.own[question.asked] = question.answers[-1].value

    def drop_untouched(self, question: AskedValue) -> None:
        """Take a question back that nobody did anything about."""
        is_touched = question.answers or question.hints or question.closed
        if not is_touched and question in self.questions:
            self.questions.remove(question)
