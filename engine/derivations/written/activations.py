"""How each activation is written: f(z) and f'(z) of a unit, and what is said of them.

The formulas are those of engine.maths.activations, in whose docstring their source stands.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from engine.derivations.parts import Factor, long_sum
from engine.derivations.record import Unit
from engine.derivations.written.halves import written_half
from engine.formulas.building import ONE, difference, worked_terms
from engine.formulas.formula import (
    Expr,
    Function,
    Line,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Worked,
)
from engine.formulas.writers import Prose
from engine.maths.activations import ACTIVATIONS, LEAKY_SLOPE

# e to a power beyond this is no number any more; softmax is then shown shifted.
_LARGEST_EXPONENT = 700.0


def _nothing(unit: Unit) -> tuple[()]:
    return ()


class WrittenActivation(Struct, frozen=True, kw_only=True):
    """How an activation is written.

    `formula` is f(z) of a unit, `slope` f'(z) in terms of its activation. `worked` is the formula
    once more with its parts worked out, if it has any, and `parts` are those; `notes` say what is
    to be known of this unit.
    """

    key: str
    formula: Callable[[Unit], Expr]
    slope: Callable[[Unit], Expr]
    worked: Callable[[Unit], Expr] | None = None
    parts: Callable[[Unit], tuple[Factor, ...]] = _nothing
    notes: Callable[[Unit], tuple[Prose, ...]] = _nothing


def _power(unit: Unit) -> Function:
    return Function("exp", (Negative(unit.z),))


def _sigmoid_parts(unit: Unit) -> tuple[Factor, ...]:
    power = _power(unit)
    return (Factor(("e to the power of minus that",), power.with_value()),)


def _times_what_is_left(unit: Unit) -> Expr:
    """a (1 − a)."""
    return Product((unit.a, Worked(difference(ONE, unit.a))))


def _relu_notes(unit: Unit) -> tuple[Prose, ...]:
    if unit.z.value > 0.0:
        return ()
    says = " is not above 0, so ReLU gives 0; on the way back the gradient stops here."
    return ((Line(unit.z), says),)


def _leaky_notes(unit: Unit) -> tuple[Prose, ...]:
    if not unit.z.value < 0.0:
        return ()
    return ((Line(unit.z), " is below 0, where leaky ReLU passes on a hundredth of it."),)


def _step_notes(unit: Unit) -> tuple[Prose, ...]:
    above = unit.z.value >= 0.0
    where = "not below 0, so the unit gives 1" if above else "below 0, so it gives 0"
    return ((Line(unit.z), f" is {where}. A step has no slope to follow back."),)


def _softmax(unit: Unit) -> tuple[Quotient, Quotient]:
    """e^z over the sum of e^z, and the same with the powers worked out."""
    z, shift = unit.record.sample.z[-1], _shift(unit)

    def power(k: int) -> Expr:
        net_input = unit.record.net_input(unit.layer, k)
        return Function("exp", (net_input if shift is None else difference(net_input, shift),))

    def rest(start: int, stop: int) -> float:
        moved = z[start:stop] - (0.0 if shift is None else shift.value)
        return sum(Function("exp", (Number(float(each)),)).value for each in moved)

    below = long_sum(len(z), power, rest, narrow=True)
    above = power(unit.number)
    return Quotient(above, below), Quotient(Worked(above), worked_terms(below))


def _shift(unit: Unit) -> Symbol | None:
    """The largest net input, where the powers would be infinite without taking it off."""
    largest = float(unit.record.sample.z[-1].max())
    if abs(largest) < _LARGEST_EXPONENT:
        return None
    return Symbol(unit.record.names.largest_net_input, largest)


def _softmax_parts(unit: Unit) -> tuple[Factor, ...]:
    formula, worked = _softmax(unit)
    return (
        Factor(("e to the power of its net input",), formula.top.with_value()),
        Factor(
            ("the same of every output, added up",),
            Line(formula.bottom, (), (formula.bottom, worked.bottom)),
        ),
    )


def _softmax_notes(unit: Unit) -> tuple[Prose, ...]:
    shares: Prose = ("The outputs of softmax are shares: they add up to 1.",)
    shift = _shift(unit)
    if shift is None:
        return (shares,)
    return (shares, (Line(shift), " is the largest net input; it is taken off everywhere, which "
                     "changes no share and keeps the powers finite."))  # fmt: skip


WRITTEN_ACTIVATIONS: dict[str, WrittenActivation] = written_half(
    "activation",
    ACTIVATIONS,
    (
        WrittenActivation(
            key="sigmoid",
            formula=lambda unit: Quotient(ONE, Sum((ONE, _power(unit)))),
            slope=_times_what_is_left,
            worked=lambda unit: Quotient(ONE, Sum((ONE, Worked(_power(unit))))),
            parts=_sigmoid_parts,
        ),
        WrittenActivation(
            key="tanh",
            formula=lambda unit: Function("tanh", (unit.z,)),
            slope=lambda unit: difference(ONE, Power(unit.a, Number(2.0))),
        ),
        WrittenActivation(
            key="relu",
            formula=lambda unit: Function("max", (Number(0.0), unit.z)),
            slope=lambda unit: Number(1.0 if unit.z.value > 0.0 else 0.0),
            notes=_relu_notes,
        ),
        WrittenActivation(
            key="leaky_relu",
            formula=lambda unit: Function(
                "max", (Product((Number(LEAKY_SLOPE), unit.z)), unit.z)
            ),
            slope=lambda unit: Number(1.0 if unit.z.value > 0.0 else LEAKY_SLOPE),
            notes=_leaky_notes,
        ),
        WrittenActivation(
            key="linear",
            formula=lambda unit: unit.z,
            slope=lambda unit: ONE,
            notes=lambda unit: (("A linear unit passes its net input on unchanged.",),),
        ),
        WrittenActivation(
            key="softmax",
            formula=lambda unit: _softmax(unit)[0],
            slope=_times_what_is_left,
            worked=lambda unit: _softmax(unit)[1],
            parts=_softmax_parts,
            notes=_softmax_notes,
        ),
        WrittenActivation(
            key="step",
            formula=lambda unit: Function("step", (unit.z,), lambda z: float(z >= 0.0)),
            slope=lambda unit: Number(0.0),
            notes=_step_notes,
        ),
    ),
)
