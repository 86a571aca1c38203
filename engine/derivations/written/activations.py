"""How each activation is written: f(z) and f'(z) of a unit, and what is said of them.

The formulas are those of engine.maths.activation_functions, where their sources stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec import Struct

from engine.derivations.parts import Factor, long_sum
from engine.derivations.record import Unit
from engine.derivations.written.halves import written_half
from engine.formulas.building import ONE, difference, times, worked_terms
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
from engine.formulas.notation import Name
from engine.formulas.writers import Prose
from engine.maths.activation_functions import GELU_BEND, LEAKY_SLOPE, sigmoid
from engine.maths.activations import ACTIVATIONS

# e to a power beyond this is no number any more; softmax is then shown shifted.
_LARGEST_EXPONENT = 700.0
_HALF, _TWO, _THREE = Quotient(ONE, Number(2.0)), Number(2.0), Number(3.0)
_PI = Symbol(Name("π", "π"), math.pi)


def _nothing(unit: Unit) -> tuple[()]:
    return ()


class WrittenActivation(Struct, frozen=True, kw_only=True):
    """How an activation is written.

    `formula` is f(z) of a unit, `slope` f'(z) in terms of its activation. `worked` is the formula
    once more with its parts worked out, if it has any, and `parts` are those; `slope_words` go on
    after what f'(z) is said to be, and `notes` say what is to be known of this unit.
    """

    key: str
    formula: Callable[[Unit], Expr]
    slope: Callable[[Unit], Expr]
    slope_words: Callable[[Unit], Prose] = _nothing
    worked: Callable[[Unit], Expr] | None = None
    parts: Callable[[Unit], tuple[Factor, ...]] = _nothing
    notes: Callable[[Unit], tuple[Prose, ...]] = _nothing


def _power(unit: Unit) -> Function:
    """e^−z, or e^−λz where the unit has a gain."""
    return Function("exp", (Negative(times(unit.setting("gain"), unit.z)),))


def _plain_power(unit: Unit) -> Function:
    """e^−z."""
    return Function("exp", (Negative(unit.z),))


def _sigmoid_parts(unit: Unit) -> tuple[Factor, ...]:
    power = _power(unit)
    return (Factor(("e to the power of minus that",), power.with_value()),)


def _times_what_is_left(unit: Unit) -> Expr:
    """a (1 − a)."""
    return Product((unit.a, Worked(difference(ONE, unit.a))))


def _sigmoid_slope(unit: Unit) -> Expr:
    return times(unit.setting("gain"), _times_what_is_left(unit))


def _bipolar(unit: Unit, power: Expr) -> Expr:
    return difference(Quotient(_TWO, Sum((ONE, power))), ONE)


def _bipolar_slope(unit: Unit) -> Expr:
    sides = Product((_HALF, Worked(Sum((ONE, unit.a))), Worked(difference(ONE, unit.a))))
    return times(unit.setting("gain"), sides)


def _relu_notes(unit: Unit) -> tuple[Prose, ...]:
    if unit.z.value > 0.0:
        return ()
    says = " is not above 0, so ReLU gives 0; on the way back the gradient stops here."
    return ((Line(unit.z), says),)


def _leaky_notes(unit: Unit) -> tuple[Prose, ...]:
    if not unit.z.value < 0.0:
        return ()
    leak = unit.setting("leak")
    if leak.value == LEAKY_SLOPE:
        return ((Line(unit.z), " is below 0, where leaky ReLU passes on a hundredth of it."),)
    says = " is below 0, where leaky ReLU passes it on times "
    return ((Line(unit.z), says, leak.with_value(), "."),)


def _is_bent(unit: Unit) -> bool:
    """Whether a unit with ELU is where that is not straight."""
    return not unit.z.value > 0.0


def _elu(unit: Unit, power: Expr) -> Expr:
    return times(unit.setting("alpha"), difference(power, ONE)) if _is_bent(unit) else unit.z


def _elu_power(unit: Unit) -> Expr:
    return Function("exp", (unit.z,))


def _elu_parts(unit: Unit) -> tuple[Factor, ...]:
    if not _is_bent(unit):
        return ()
    return (Factor(("e to the power of that",), _elu_power(unit).with_value()),)


def _elu_notes(unit: Unit) -> tuple[Prose, ...]:
    if _is_bent(unit):
        return ((Line(unit.z), " is not above 0, where ELU bends."),)
    return ((Line(unit.z), " is above 0, where ELU passes it on unchanged."),)


def _erf(unit: Unit) -> Function:
    return Function("erf", (Quotient(unit.z, Function("sqrt", (_TWO,))),), math.erf)


def _half_times(unit: Unit, part: Expr) -> Expr:
    """½ z (1 + erf(z/√2)), or with tanh in place of erf."""
    return Product((_HALF, unit.z, Sum((ONE, part))))


def _gelu_slope(unit: Unit) -> Expr:
    share = Product((_HALF, Sum((ONE, Worked(_erf(unit))))))
    bell = Function("exp", (Negative(Quotient(Power(unit.z, _TWO), _TWO)),))
    density = Quotient(bell, Function("sqrt", (Product((_TWO, _PI)),)))
    return Sum((share, Product((unit.z, density))))


def _bent(unit: Unit) -> Expr:
    """What GELU by tanh takes the tanh of."""
    bend = Product((Number(GELU_BEND), Power(unit.z, _THREE)))
    return Product((_gelu_steepness(), Sum((unit.z, bend))))


def _u(unit: Unit) -> Symbol:
    """A symbol for that, which else would stand in the slope twice."""
    name = unit.record.network.unit_name(unit.layer, unit.number)
    return Symbol(Name(f"u_{name}", "u", name), _bent(unit).value)


def _tanh_of_u(unit: Unit) -> Function:
    return Function("tanh", (_u(unit),))


def _gelu_tanh_parts(unit: Unit) -> tuple[Factor, ...]:
    bent = _bent(unit)
    return (
        Factor(("its bent form",), Line(_u(unit), (bent,), (bent,))),
        Factor(("what stands for the error function",), _tanh_of_u(unit).with_value()),
    )


def _gelu_steepness() -> Expr:
    return Function("sqrt", (Quotient(_TWO, _PI),))


def _gelu_tanh_slope(unit: Unit) -> Expr:
    bent = Worked(_tanh_of_u(unit))
    inner = Sum((ONE, Product((_THREE, Number(GELU_BEND), Power(unit.z, _TWO)))))
    flat = difference(ONE, Power(bent, _TWO))
    return Sum((
        Product((_HALF, Sum((ONE, bent)))),
        Product((_HALF, unit.z, flat, _gelu_steepness(), inner)),
    ))  # fmt: skip


def _silu_slope(unit: Unit) -> Expr:
    share = Worked(Function("σ", (unit.z,), lambda z: sigmoid(np.array(z))))
    return Product((share, Sum((ONE, Product((unit.z, difference(ONE, share)))))))


def _softplus_power(unit: Unit) -> Function:
    """e^z, or e^−z where that is beyond all numbers."""
    return Function("exp", (Negative(unit.z) if _is_far_out(unit) else unit.z,))


def _is_far_out(unit: Unit) -> bool:
    return unit.z.value > _LARGEST_EXPONENT


def _softplus(unit: Unit, power: Expr) -> Expr:
    logarithm = Function("ln", (Sum((ONE, power)),))
    return Sum((unit.z, logarithm)) if _is_far_out(unit) else logarithm


def _softplus_parts(unit: Unit) -> tuple[Factor, ...]:
    words = "e to the power of minus that" if _is_far_out(unit) else "e to the power of that"
    return (Factor((words,), _softplus_power(unit).with_value()),)


def _size(part: Expr) -> Function:
    return Function("abs", (part,))


def _hard_tanh_notes(unit: Unit) -> tuple[Prose, ...]:
    z = unit.z.value
    if -1.0 < z < 1.0:
        says = " and 1, where hard tanh passes it on unchanged."
        return ((Line(unit.z), " is between ", Line(Number(-1.0)), says),)
    bound = Line(Number(math.copysign(1.0, z)))
    beyond = " is not below " if z > 0.0 else " is not above "
    stops = "; on the way back the gradient stops here."
    return ((Line(unit.z), beyond, bound, ", so hard tanh gives ", bound, stops),)


def _linear_notes(unit: Unit) -> tuple[Prose, ...]:
    slope = unit.setting("slope")
    if slope == ONE:
        return (("A linear unit passes its net input on unchanged.",),)
    return (("This linear unit passes its net input on times ", slope.with_value(), "."),)


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
            slope=_sigmoid_slope,
            worked=lambda unit: Quotient(ONE, Sum((ONE, Worked(_power(unit))))),
            parts=_sigmoid_parts,
        ),
        WrittenActivation(
            key="bipolar_sigmoid",
            formula=lambda unit: _bipolar(unit, _power(unit)),
            slope=_bipolar_slope,
            worked=lambda unit: _bipolar(unit, Worked(_power(unit))),
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
                "max", (Product((unit.setting("leak"), unit.z)), unit.z)
            ),
            slope=lambda unit: ONE if unit.z.value > 0.0 else unit.setting("leak"),
            notes=_leaky_notes,
        ),
        WrittenActivation(
            key="elu",
            formula=lambda unit: _elu(unit, _elu_power(unit)),
            slope=lambda unit: Sum((unit.a, unit.setting("alpha"))) if _is_bent(unit) else ONE,
            worked=lambda unit: _elu(unit, Worked(_elu_power(unit))),
            parts=_elu_parts,
            notes=_elu_notes,
        ),
        WrittenActivation(
            key="gelu",
            formula=lambda unit: _half_times(unit, _erf(unit)),
            slope=_gelu_slope,
            worked=lambda unit: _half_times(unit, Worked(_erf(unit))),
            parts=lambda unit: (
                Factor(("the error function of that over √2",), _erf(unit).with_value()),
            ),
        ),
        WrittenActivation(
            key="gelu_tanh",
            formula=lambda unit: _half_times(unit, _tanh_of_u(unit)),
            slope=_gelu_tanh_slope,
            slope_words=lambda unit: ("; tanh is taken of ", _u(unit).with_value()),
            worked=lambda unit: _half_times(unit, Worked(_tanh_of_u(unit))),
            parts=_gelu_tanh_parts,
        ),
        WrittenActivation(
            key="silu",
            formula=lambda unit: Quotient(unit.z, Sum((ONE, _plain_power(unit)))),
            slope=_silu_slope,
            worked=lambda unit: Quotient(unit.z, Sum((ONE, Worked(_plain_power(unit))))),
            parts=lambda unit: (
                Factor(("e to the power of minus that",), _plain_power(unit).with_value()),
            ),
        ),
        WrittenActivation(
            key="softplus",
            formula=lambda unit: _softplus(unit, _softplus_power(unit)),
            slope=lambda unit: difference(ONE, Function("exp", (Negative(unit.a),))),
            worked=lambda unit: _softplus(unit, Worked(_softplus_power(unit))),
            parts=_softplus_parts,
        ),
        WrittenActivation(
            key="softsign",
            formula=lambda unit: Quotient(unit.z, Sum((ONE, _size(unit.z)))),
            slope=lambda unit: Power(difference(ONE, _size(unit.a)), _TWO),
        ),
        WrittenActivation(
            key="hard_tanh",
            formula=lambda unit: Function(
                "max", (Number(-1.0), Function("min", (ONE, unit.z)))
            ),
            slope=lambda unit: Number(float(abs(unit.z.value) < 1.0)),
            notes=_hard_tanh_notes,
        ),
        WrittenActivation(
            key="linear",
            formula=lambda unit: times(unit.setting("slope"), unit.z),
            slope=lambda unit: unit.setting("slope"),
            notes=_linear_notes,
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
