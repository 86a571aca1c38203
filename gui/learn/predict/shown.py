"""Question: what the panel "Predict, then reveal" shows at one moment, as plain data."""

from __future__ import annotations

from msgspec import Struct

from engine.learn.predict.hints import Hint
from engine.learn.predict.sitting import Score
from engine.run.value_kinds import KINDS

# A person chooses what is hidden; steps until a hidden value is next; is asked; was answered.
START, STEPPING, ASKED, ANSWERED = "start", "stepping", "asked", "answered"
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"


class Question(Struct, frozen=True):
    """What is asked for and what was said to it, or the choice before a sitting begins.

    `hidden` are keys of EVERY_KIND; they and `own_values` cannot be chosen where `locked` is, and
    there are no hints then. `symbol` is what is asked for, `about` says it in words, `answer` is
    the text of the last answer to it, and `feedback` what is said of that, in a mood (GOOD …).
    `hints` are those shown of `hints_in_all`.
    """

    stage: str = START
    hidden: tuple[str, ...] = tuple(KINDS)
    own_values: bool = True
    locked: bool = False
    symbol: str = ""
    about: str = ""
    answer: str = ""
    feedback: str = ""
    mood: str = NEUTRAL
    hints: tuple[Hint, ...] = ()
    hints_in_all: int = 0
    digits: int | None = 6
    score: Score = Score(0.0, 0, 0, 0, 0)
