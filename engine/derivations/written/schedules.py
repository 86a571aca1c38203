"""How each schedule is written: the learning rate of an update, made of η and of what is done."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from msgspec import Struct

from engine.derivations.written.halves import written_half
from engine.formulas.building import ONE, difference
from engine.formulas.formula import Expr, Function, Number, Power, Product, Quotient, Sum, Symbol
from engine.formulas.notation import Name, plain_name
from engine.maths.schedules import SCHEDULES, Schedule


class Written(Struct, frozen=True):
    """A schedule while it is written: η, and n, what is done before the update."""

    schedule: Schedule
    rate: Expr
    done: int

    @property
    def n(self) -> Symbol:
        """What is done: epochs or iterations."""
        return Symbol(plain_name("n"), float(self.done))

    def count(self, letter: str, value: int) -> Symbol:
        """A setting that is a whole number."""
        return Symbol(plain_name(letter), float(value))

    @property
    def factor(self) -> Symbol:
        """γ."""
        return Symbol(Name("γ", "γ"), self.schedule.factor)


class WrittenSchedule(Struct, frozen=True):
    """How a schedule is written: η_t as a formula."""

    key: str
    formula: Callable[[Written], Expr]


def _step(written: Written) -> Expr:
    steps = Quotient(written.n, written.count("s", written.schedule.every))
    exponent = Function("floor", (steps,), np.floor)
    return Product((written.rate, Power(written.factor, exponent)))


def _exponential(written: Written) -> Expr:
    return Product((written.rate, Power(written.factor, written.n)))


def _falling(written: Written, done: Expr) -> Expr:
    """η (m + (1 − m) (1 + cos(π n/N))/2), with n no more than N."""
    schedule = written.schedule
    share: Expr = Quotient(done, written.count("N", schedule.length))
    if done.value > schedule.length:
        share = Function("min", (ONE, share))
    turned = Function("cos", (Product((Symbol(Name("π", "π"), pi), share)),), np.cos)
    wave: Expr = Quotient(Sum((ONE, turned)), Number(2.0))
    if schedule.lowest:
        lowest = Symbol(plain_name("m"), schedule.lowest)
        wave = Sum((lowest, Product((difference(ONE, lowest), wave))))
    return Product((written.rate, wave))


def _warming(written: Written) -> Expr:
    above = Sum((written.n, ONE))
    share: Expr = Quotient(above, written.count("w", written.schedule.warm_up))
    return Product((written.rate, Function("min", (ONE, share))))


def _warming_then_falling(written: Written) -> Expr:
    if written.done < written.schedule.warm_up:
        return _warming(written)
    return _falling(written, difference(written.n, written.count("w", written.schedule.warm_up)))


WRITTEN_SCHEDULES: dict[str, WrittenSchedule] = written_half(
    "schedule",
    SCHEDULES,
    (
        WrittenSchedule("constant", lambda written: written.rate),
        WrittenSchedule("step", _step),
        WrittenSchedule("exponential", _exponential),
        WrittenSchedule("cosine", lambda written: _falling(written, written.n)),
        WrittenSchedule("warm_up", _warming),
        WrittenSchedule("warm_up_cosine", _warming_then_falling),
    ),
)
