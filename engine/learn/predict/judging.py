"""Judging an answer: the digits that were typed say how near it has to be.

An answer with its last digit at 10^-k is right within half of that of the true value, and within
one of it "right, the last digit is off by one". A wrong one is compared with the slips that
people make in writing numbers down, and with what each classic mistake would give at this step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.learn.predict.own_values import Own, is_small, mistakes_in_a_step, value_from
from engine.run.edits import set_mistakes
from engine.run.iteration import Iteration, iterate
from engine.run.mistakes import MISTAKES, why_not
from engine.run.paper import PaperIteration, paper_iteration
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.text.numbers import parse_number, plain

# What an answer can be; MORE_DIGITS is none yet.
RIGHT, LAST_DIGIT, OWN_VALUES, WRONG = "right", "last_digit", "own_values", "wrong"
MORE_DIGITS = "more_digits"
FULL_MARKS = (RIGHT, LAST_DIGIT, OWN_VALUES)

LEAST_DIGITS = 2

# What is no mistake in the mathematics but in writing a number down.
SIGN, POWER_OF_TEN, SWAPPED_DIGITS = "sign", "power_of_ten", "swapped_digits"
SLIPS = {
    SIGN: "the other sign",
    POWER_OF_TEN: "the point in another place",
    SWAPPED_DIGITS: "two digits swapped",
}

_EXACT = 1e-12  # relative: what rounding errors of a double leave of an exact number
_SLACK = 1.0 + 1e-6  # a half that binary arithmetic missed by its last bits is still a half
_POWERS = (1, -1, 2, -2, 3, -3, 4, -4)
_NOTHING = 1e-15  # a value below this is zero that rounding errors have touched
_PART = re.compile(r"([0-9]*)(?:[.,]([0-9]*))?(?:e([+-]?[0-9]+))?", re.IGNORECASE)
_WRITTEN_PART = re.compile(r"[0-9.,]+(?:[eE][+-]?[0-9]+)?")


class Typed(Struct, frozen=True):
    """A number as it was typed: its value, the size of one unit of its last digit (0 where the
    number is exact, as a fraction of whole numbers is), and how many significant digits it has."""

    text: str
    value: float
    unit: float
    digits: int

    def is_near(self, true: float, units: float = 0.5) -> bool:
        """Whether it lies within so many units of its last digit of a value."""
        return abs(self.value - true) <= max(_SLACK * units * self.unit, _EXACT * abs(true))


def read_answer(text: str) -> Typed:
    """The number that a person typed as an answer, as engine.text.numbers reads it.

    A fraction is as exact as the shortest decimal number in it. Raises ValueError with a sentence.
    """
    value = parse_number(text)
    parts = [_last_place(part) for part in _WRITTEN_PART.findall(plain(text))]
    if len(parts) == 1:
        unit, digits, _ = parts[0]
        return Typed(text.strip(), value, unit, digits)
    inexact = [digits for _, digits, is_whole in parts if not is_whole]
    digits = min(inexact, default=17)
    size = abs(value)
    unit = 10.0 ** (np.floor(np.log10(size)) + 1 - digits) if inexact and size else 0.0
    return Typed(text.strip(), value, float(unit), digits)


def _last_place(part: str) -> tuple[float, int, bool]:
    """One unit of the last digit of an unsigned number, its significant digits, and whether it is
    a whole number."""
    match = _PART.fullmatch(part)
    assert match is not None, part
    before, after, exponent = match[1], match[2] or "", int(match[3] or 0)
    digits = len((before + after).lstrip("0"))
    return 10.0 ** (exponent - len(after)), digits, not after and match[3] is None


class Judgement(Struct, frozen=True):
    """What an answer is, and for a wrong one the slip or the mistakes that give it: keys of SLIPS
    or of engine.run.mistakes."""

    verdict: str
    recognised: tuple[str, ...] = ()


def judge(
    typed: Typed,
    iteration: Iteration,
    step: StepId,
    row: int,
    own: Own | None = None,
) -> Judgement:
    """Judge an answer to what a step comes to, for the sample (its row) that is looked at.

    `own` are the person's earlier values for follow-through marking, None for none. A number with
    fewer than two significant digits is not judged, unless the true value is just that.
    """
    true = step_value(iteration, step, iteration.sample(row))
    if typed.value == 0.0 or abs(true) <= _NOTHING:
        # Zero has no significant digits: it is the value or it is not.
        return _judge_zero(typed, true, iteration, step, row, own)
    if typed.digits < LEAST_DIGITS and abs(typed.value - true) > _EXACT * abs(true):
        return Judgement(MORE_DIGITS)
    return _judge(typed, true, iteration, step, row, own)


def _judge_zero(
    typed: Typed, true: float, iteration: Iteration, step: StepId, row: int, own: Own | None
) -> Judgement:
    if abs(typed.value - true) <= _NOTHING:
        return Judgement(RIGHT)
    if typed.value == 0.0 and typed.unit < 1.0 and typed.is_near(true):
        return Judgement(MORE_DIGITS)
    if own and value_from(iteration, step, row, own) == typed.value:
        return Judgement(OWN_VALUES)
    return Judgement(WRONG, _recognised(typed, true, iteration, step, row, own))


def _judge(
    typed: Typed, true: float, iteration: Iteration, step: StepId, row: int, own: Own | None
) -> Judgement:
    if typed.is_near(true):
        return Judgement(RIGHT)
    from_own = value_from(iteration, step, row, own) if own else None
    if from_own is not None and typed.is_near(from_own):
        return Judgement(OWN_VALUES)
    if typed.is_near(true, 1.0):
        return Judgement(LAST_DIGIT)
    if from_own is not None and typed.is_near(from_own, 1.0):
        return Judgement(OWN_VALUES)
    return Judgement(WRONG, _recognised(typed, true, iteration, step, row, own))


# What a wrong answer looks like


def _recognised(
    typed: Typed, true: float, iteration: Iteration, step: StepId, row: int, own: Own | None
) -> tuple[str, ...]:
    slip = _slip(typed, true) if typed.value and true else None
    if slip is not None:
        return (slip,)
    found = []
    for key, value in _mistaken(iteration, step, row, own):
        if key not in found and typed.is_near(value, 1.0) and not typed.is_near(true, 1.0):
            found.append(key)
    return tuple(found)


def _slip(typed: Typed, true: float) -> str | None:
    if replace(typed, value=-typed.value).is_near(true, 1.0):
        return SIGN
    for power in _POWERS:
        scale = 10.0**power
        moved = replace(typed, value=typed.value * scale, unit=typed.unit * scale)
        if moved.is_near(true, 1.0):
            return POWER_OF_TEN
    if any(replace(typed, value=value).is_near(true) for value in _swapped(typed.text)):
        return SWAPPED_DIGITS
    return None


def _swapped(text: str) -> Iterator[float]:
    """The numbers that a text stands for with two neighbouring digits in the other order."""
    places = [k for k, char in enumerate(text) if char in "0123456789"]
    for first, second in zip(places, places[1:], strict=False):
        if text[first] != text[second]:
            letters = list(text)
            letters[first], letters[second] = text[second], text[first]
            try:
                yield parse_number("".join(letters))
            except ValueError:
                continue


def _mistaken(
    iteration: Iteration, step: StepId, row: int, own: Own | None
) -> Iterator[tuple[str, float]]:
    """What each classic mistake gives at a step: made in this step alone from right values, then
    from the person's own ones, then made throughout the run; each with its key."""
    if not is_small(iteration):
        return
    spec = iteration.spec
    exact = iteration.exact if isinstance(iteration, PaperIteration) else iteration
    keys = mistakes_in_a_step(spec)
    for key in keys:
        yield key, value_from(iteration, step, row, {}, (*spec.mistakes, key))
    for key in keys:
        if own:
            yield key, value_from(iteration, step, row, own, (*spec.mistakes, key))
    for key in MISTAKES:
        if key not in spec.mistakes and not why_not(spec, key):
            wrong = iterate(*set_mistakes(exact.spec, exact.state, (*spec.mistakes, key)))
            if isinstance(iteration, PaperIteration):
                wrong = paper_iteration(wrong, iteration.decimals)
            yield key, step_value(wrong, step, wrong.sample(row))
