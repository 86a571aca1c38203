"""What a person is told about an answer, in sentences."""

from __future__ import annotations

from engine.learn.predict.judging import (
    LAST_DIGIT,
    MORE_DIGITS,
    OWN_VALUES,
    POWER_OF_TEN,
    RIGHT,
    SIGN,
    SLIPS,
    SWAPPED_DIGITS,
    Judgement,
)
from engine.run.mistakes import MISTAKES
from engine.text.numbers import format_number

_SLIPS = {
    SIGN: "The size is right, the sign is not.",
    POWER_OF_TEN: "The digits are right, the decimal point is not.",
    SWAPPED_DIGITS: "Two neighbouring digits seem to have changed places.",
}
_MOST_NAMED = 2


def feedback(judgement: Judgement, symbol: str, true: float, digits: int | None) -> str:
    """What to say to an answer; the true value is in it only where the question is settled."""
    shown = format_number(true, digits)
    if judgement.verdict == MORE_DIGITS:
        return "Give more digits: at least two that count."
    if judgement.verdict == RIGHT:
        return f"Right: {symbol} = {shown}."
    if judgement.verdict == LAST_DIGIT:
        return f"Right, the last digit is off by one: {symbol} = {shown}."
    if judgement.verdict == OWN_VALUES:
        return (
            "Right from your own values: full marks for this step. "
            f"From the right ones {symbol} = {shown}."
        )
    return f"Not right. {likely(judgement.recognised)}".strip()


def likely(recognised: tuple[str, ...]) -> str:
    """What a wrong answer looks like; empty where it looks like nothing known."""
    if not recognised:
        return ""
    if recognised[0] in SLIPS:
        return _SLIPS[recognised[0]]
    named = [MISTAKES[key] for key in recognised[:_MOST_NAMED]]
    titles = " or ".join(f"“{mistake.title}”" for mistake in named)
    first = named[0]
    if len(named) > 1:
        return f"That is what {titles} gives."
    return f"That is {titles}: {first.wrong} in place of {first.right}. {first.why}"
