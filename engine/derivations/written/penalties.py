"""How each weight penalty is written: what it adds to the loss, and to a gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from engine.derivations.record import Record
from engine.derivations.written.halves import written_half
from engine.formulas.formula import (
    Expr,
    Function,
    Number,
    Power,
    Product,
    Quotient,
    Rest,
    Sum,
    Symbol,
)
from engine.formulas.matrices import Applied, ArrayExpr, scaled
from engine.formulas.notation import Name, plain_name
from engine.maths.network import Parameter
from engine.maths.penalty import PENALTIES, PenaltyRule

_LONGEST = 4


class WrittenPenalty(Struct, frozen=True, kw_only=True):
    """How a penalty is written, all but its λ: `weight` of one weight in its cost, `slope` by a
    weight, `slopes` by all of a layer; `halved` where its cost has the factor ½."""

    key: str
    weight: Callable[[Expr], Expr]
    slope: Callable[[Expr], Expr]
    slopes: Callable[[ArrayExpr], ArrayExpr]
    halved: bool = False


WRITTEN_PENALTIES: dict[str, WrittenPenalty] = written_half(
    "penalty",
    PENALTIES,
    (
        WrittenPenalty(
            key="l2",
            weight=lambda w: Power(w, Number(2.0)),
            slope=lambda w: w,
            slopes=lambda W: W,
            halved=True,
        ),
        WrittenPenalty(
            key="l1",
            weight=lambda w: Function("abs", (w,)),
            slope=lambda w: Function("sign", (w,)),
            slopes=lambda W: Applied("sign", W, np.sign(W.values)),
        ),
    ),
)


def strength_of(rule: PenaltyRule, strength: float) -> Symbol:
    """λ of a penalty."""
    return Symbol(plain_name(rule.symbol), strength)


def slope_terms(record: Record, parameter: Parameter) -> tuple[Expr, ...]:
    """What the penalties add to the gradient of the batch: λ w for each."""
    if not record.counts(parameter):
        return ()
    w = record.parameter(parameter)
    return tuple(
        Product((strength_of(rule, strength), WRITTEN_PENALTIES[rule.key].slope(w)))
        for rule, strength in record.spec.penalty.parts
    )


def slope_matrices(record: Record, W: ArrayExpr) -> tuple[ArrayExpr, ...]:
    """The same of the weights or biases of a layer, which count."""
    return tuple(
        scaled(strength_of(rule, strength), WRITTEN_PENALTIES[rule.key].slopes(W))
        for rule, strength in record.spec.penalty.parts
    )


def cost_of(record: Record, rule: PenaltyRule, strength: float) -> Expr:
    """What a penalty adds to the loss: λ/2 Σ w², of many weights only some written out."""
    written, spec = WRITTEN_PENALTIES[rule.key], record.spec
    counted = spec.penalty.counted(record.network)
    places = np.flatnonzero(counted)
    values = [float(w) for w in record.theta[places]]

    def term(k: int) -> Expr:
        name = record.names.parameter(record.network.parameter_at(int(places[k])))
        return written.weight(Symbol(name, values[k]))

    general = written.weight(Symbol(Name("w", "w"), 0.0))
    if len(values) <= _LONGEST:
        terms = tuple(term(k) for k in range(len(values))) or (Number(0.0),)
    else:
        shown = (term(0), term(1), term(len(values) - 1))
        total = float(rule.cost(record.theta * counted)) * (2.0 if written.halved else 1.0)
        rest = total - sum(each.value for each in shown)
        terms = (*shown[:2], Rest(rest), shown[2])
    symbol: Expr = strength_of(rule, strength)
    factor = Quotient(symbol, Number(2.0)) if written.halved else symbol
    return Product((factor, Sum(terms, general, "w")))
