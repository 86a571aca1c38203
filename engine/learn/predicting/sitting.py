"""A sitting: the questions a person was asked while predicting, and the answers given.

It goes into a result file (engine.learn.predicting.result_file); what it comes to in
marks is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from engine.learn.predicting.judging import FULL_MARKS, OWN_VALUES, Judgement
from engine.run.steps import StepId
from engine.run.value_kinds import Asked

SKIPPED = "skipped"
FIRST_TRY, LATER_TRY = 1.0, 0.5  # what a right answer is worth


class Answer(Struct, frozen=True):
    """One answer as it was typed, its value, and what it is."""

    text: str
    value: float
    judgement: Judgement


class Question(Struct):
    """One value that was asked for: of the iteration after `t` updates, of a sample (its row,
    None for the batch). `right` is its value; it is `closed` once that was shown."""

    t: int
    step: StepId
    sample: int | None
    symbol: str
    right: float
    answers: list[Answer] = field(default_factory=list)
    hints: int = 0
    closed: bool = False

    @property
    def asked(self) -> Asked:
        return self.step, self.sample

    @property
    def verdict(self) -> str:
        """What the last answer is; "skipped" without one."""
        return self.answers[-1].judgement.verdict if self.answers else SKIPPED

    @property
    def is_right(self) -> bool:
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


class Score(Struct, frozen=True):
    """What some questions come to."""

    points: float
    questions: int
    right: int
    own_values: int
    hints: int


def score_of(questions: Iterable[Question]) -> Score:
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

    `hidden` are the kinds asked for (keys of KINDS in prediction.py); with `own_values` an answer
    that is right from the person's earlier ones gets full marks. `unlocked` says that a
    locked document was unlocked on the way.
    """

    person: str
    hidden: tuple[str, ...]
    own_values: bool
    locked: bool = False
    unlocked: bool = False
    questions: list[Question] = field(default_factory=list)

    @property
    def has_answers(self) -> bool:
        """Whether there is anything that would be lost."""
        return any(question.answers or question.closed for question in self.questions)

    @property
    def score(self) -> Score:
        return score_of(self.questions)

    def question(self, t: int, step: StepId, sample: int | None) -> Question | None:
        """The question about a value, if it was asked and is still open."""
        for question in reversed(self.questions):
            if (question.t, question.step, question.sample) == (t, step, sample):
                return None if question.closed else question
        return None
