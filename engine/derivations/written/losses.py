"""How each loss is written: the loss of one output, its slope there, and what is said of them.

The formulas are those of engine.maths.losses, in whose docstring their source stands.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from engine.derivations.parts import Factor, long_sum
from engine.derivations.record import Unit
from engine.derivations.written.activations import WRITTEN_ACTIVATIONS
from engine.derivations.written.halves import written_half
from engine.formulas.building import ONE, difference, stages, times, worked_terms
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
    equation,
)
from engine.formulas.writers import Prose
from engine.maths.losses import LOSSES, THRESHOLD
from engine.run.steps import StepId

# Beyond this net input a sigmoid is within 0.001 of 0 or 1, and 1 − a has lost digits of its own.
_LARGEST_PLAIN = 7.0
# Below this an output of softmax has lost digits of its own.
_SMALLEST_PLAIN = 1e-300


class Term(Struct, frozen=True):
    """The loss of one output: its formula, the same with its parts worked out, and those parts."""

    formula: Expr
    worked: Expr
    parts: tuple[Factor, ...]


class Short(Struct, frozen=True):
    """How ∂E/∂z of an output is written where it is short: a − t, over the outputs for a loss that
    is their mean; or a Σt − t, if the output counts as often as all targets (`of_total`).

    `pair` are the two that shorten, in words. `unfolded(unit, product, delta)` goes on from the
    product of the long way, ∂E/∂a ∂a/∂z of the unit, to its delta.

    Source: C. Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.6: with a
    canonical link the error is output minus target.
    """

    pair: str
    unfolded: Callable[[Unit, Product, Expr], tuple[Factor, ...]]
    of_total: bool = False


class WrittenLoss(Struct, frozen=True, kw_only=True):
    """How a loss is written.

    `term` is the loss of an output, written in its activation where no digit is lost by that;
    `slope` is ∂E/∂a; `notes` say what is to be known of the loss of this output, `slope_notes` of
    its slope. `short` is there for a loss that has a short delta.
    """

    key: str
    term: Callable[[Unit], Term]
    slope: Callable[[Unit], Expr]
    short: Short | None = None
    notes: Callable[[Unit], tuple[Prose, ...]] = lambda unit: ()
    slope_notes: Callable[[Unit], tuple[Prose, ...]] = lambda unit: ()


def output_and_target(unit: Unit, target_first: bool = False) -> tuple[Factor, ...]:
    """The two that a loss or a short delta is made of."""
    layer, number = unit.layer, unit.number
    output = Factor(
        ("the output",), unit.a.with_value(), StepId("forward", "activation", layer, number)
    )
    target = Factor(("the target",), unit.t.with_value(), StepId("loss", "loss", layer, number))
    return (target, output) if target_first else (output, target)


# Squared errors


def _squared(unit: Unit, factor: Expr | None) -> Term:
    """factor · (t − a)²."""
    error, two = difference(unit.t, unit.a), Number(2.0)
    part = Factor(("how far the output is from its target",), error.with_value())
    return Term(
        times(factor, Power(error, two)), times(factor, Power(Worked(error), two)), (part,)
    )


def _doubled(unit: Unit) -> Expr:
    """2 (a − t), by the outputs where the loss is a mean over them."""
    share = unit.record.output_share
    two = Number(2.0) if share is None else Quotient(Number(2.0), share.bottom)
    return Product((two, difference(unit.a, unit.t)))


# Absolute errors, Huber's and the hinge loss: bent, or straight from some point on


def _size_of_error(unit: Unit) -> Function:
    """|t − a|."""
    return Function("abs", (difference(unit.t, unit.a),))


def _error_part(unit: Unit) -> Factor:
    return Factor(
        ("how far the output is from its target, in size",), _size_of_error(unit).with_value()
    )


def _absolute(unit: Unit) -> Term:
    size, share = _size_of_error(unit), unit.record.output_share
    if share is None:
        return Term(size, size, ())
    return Term(times(share, size), times(share, Worked(size)), (_error_part(unit),))


def _sign_of_error(unit: Unit) -> Expr:
    return times(unit.record.output_share, Function("sign", (difference(unit.a, unit.t),)))


def _absolute_notes(unit: Unit) -> tuple[Prose, ...]:
    if unit.a.value != unit.t.value:
        return ()
    return ((Line(unit.a), " is exactly its target, where |t − a| has a kink and no slope of its "
             "own; 0 is taken, as is usual."),)  # fmt: skip


def _threshold(unit: Unit) -> Symbol:
    return unit.record.loss_setting(THRESHOLD)


def _is_far(unit: Unit) -> bool:
    """Whether an error is beyond the threshold of Huber's loss."""
    return abs(unit.t.value - unit.a.value) > _threshold(unit).value


def _huber_term(unit: Unit) -> Term:
    half = Quotient(ONE, Number(2.0))
    if not _is_far(unit):
        return _squared(unit, half)
    size, threshold = _size_of_error(unit), _threshold(unit)

    def formula(size: Expr) -> Expr:
        return Product((threshold, difference(size, Product((half, threshold)))))

    return Term(formula(size), formula(Worked(size)), (_error_part(unit),))


def _huber_slope(unit: Unit) -> Expr:
    if not _is_far(unit):
        return difference(unit.a, unit.t)
    threshold = _threshold(unit)
    return threshold if unit.a.value > unit.t.value else Negative(threshold)


def _huber_notes(unit: Unit) -> tuple[Prose, ...]:
    size, threshold = Line(_size_of_error(unit)), _threshold(unit).with_value()
    if _is_far(unit):
        return ((size, " is more than ", threshold, ": here the loss is a straight line."),)
    return ((size, " is no more than ", threshold, ": here the loss is half the square."),)


def _margin(unit: Unit) -> Product:
    """t a."""
    return Product((unit.t, unit.a))


def _hinge_term(unit: Unit) -> Term:
    left, zero = difference(ONE, _margin(unit)), Number(0.0)
    part = Factor(("what is missing to a margin of 1",), left.with_value())
    return Term(Function("max", (zero, left)), Function("max", (zero, Worked(left))), (part,))


def _hinge_slope(unit: Unit) -> Expr:
    return Negative(unit.t) if _margin(unit).value < 1.0 else Number(0.0)


def _hinge_notes(unit: Unit) -> tuple[Prose, ...]:
    margin, value = Line(_margin(unit)), _margin(unit).value
    if value == 1.0:
        says = (
            " is exactly 1, where the hinge loss has a kink and no slope of its own; 0 is taken, "
            "as is usual."
        )
    elif value > 1.0:
        says = " is more than 1: the output is on its side by a margin, and nothing pulls at it."
    else:
        says = " is less than 1, so the loss falls as this grows."
    return ((margin, says),)


# The output itself


def _itself_notes(unit: Unit) -> tuple[Prose, ...]:
    record = unit.record
    (chosen,) = record.loss_units
    if unit.number == chosen:
        return ()
    name = record.network.unit_name(unit.layer, chosen)
    return ((f"The loss is {name} alone; this output plays no part in it.",),)


# Cross-entropies


def _binary_term(unit: Unit) -> Term:
    a, t, z, share = unit.a, unit.t, unit.z, unit.record.output_share
    facts = output_and_target(unit, target_first=True)
    if abs(z.value) <= _LARGEST_PLAIN:
        left_over = Worked(difference(ONE, a))
        log_a, log_rest = Function("ln", (a,)), Function("ln", (left_over,))
        not_t = Worked(difference(ONE, t))
        parts = (
            Factor(("the logarithm of the output",), log_a.with_value()),
            Factor(("the logarithm of what it leaves to 1",), log_rest.with_value()),
        )
        formula = Sum((Product((t, log_a)), Product((not_t, log_rest))))
        worked = Sum((Product((t, Worked(log_a))), Product((not_t, Worked(log_rest)))))
        return Term(
            Negative(times_sum(share, formula)),
            Negative(times_sum(share, worked)),
            (*facts, *parts),
        )
    above = z.value > 0.0
    power = Function("exp", (Negative(z) if above else z,))
    logarithm = Function("ln", (Sum((ONE, power)),))
    taken = Negative(Product((z, t)))
    terms: tuple[Expr, ...] = (z, taken, logarithm) if above else (logarithm, taken)
    formula = Sum(terms)
    part = Factor(("the logarithm that is left",), logarithm.with_value())
    return Term(
        times_sum(share, formula), times_sum(share, worked_terms(formula)), (*facts, part)
    )


def times_sum(share: Expr | None, terms: Sum) -> Expr:
    """A sum, in brackets behind its share if it has one."""
    return terms if share is None else Product((share, terms))


def _binary_unfolded(unit: Unit, product: Product, delta: Expr) -> tuple[Factor, ...]:
    cancelled = Line(WRITTEN_ACTIVATIONS[unit.activation.key].slope(unit))
    meaning: Prose = ("multiplied; ", cancelled, " above and below cancels")
    return (Factor(meaning, equation(delta, product)),)


def _categorical_term(unit: Unit) -> Term:
    logarithm, meaning = _log_softmax(unit)
    part = Factor((meaning,), logarithm.with_value())
    return Term(
        Negative(Product((unit.t, logarithm))),
        Negative(Product((unit.t, Worked(logarithm)))),
        (*output_and_target(unit, target_first=True), part),
    )


def _log_softmax(unit: Unit) -> tuple[Expr, str]:
    if unit.a.value >= _SMALLEST_PLAIN:
        return Function("ln", (unit.a,)), "the logarithm of the output"
    record, z = unit.record, unit.record.sample.z[-1]
    shift = Symbol(record.names.largest_net_input, float(z.max()))

    def power(k: int) -> Expr:
        return Function("exp", (difference(record.net_input(unit.layer, k), shift),))

    def rest(start: int, stop: int) -> float:
        return sum(power(k).value for k in range(start, stop))

    below = Function("ln", (long_sum(len(z), power, rest),))
    formula = Sum((unit.z, Negative(shift), Negative(below)))
    return formula, "the logarithm of the output, from the net inputs"


def _categorical_unfolded(unit: Unit, product: Product, delta: Expr) -> tuple[Factor, ...]:
    others = _through_other_outputs(unit)
    together = Sum((product, *others.terms))
    through_others: tuple[Factor, ...] = ()
    if others.terms:
        meaning: Prose = (
            "every other output shrinks when this one grows, which adds its target times ",
            Line(unit.a),
        )
        through_others = (Factor(meaning, Line(others, (), stages(others))),)
    return *through_others, Factor(("together",), Line(delta, (), (worked_terms(together),)))


def _through_other_outputs(unit: Unit) -> Sum:
    """Σ_k ∂E/∂a_k · ∂a_k/∂z over the other outputs k of softmax: (−t_k / a_k)(−a_k a) = t_k a."""
    a, record, targets = unit.a, unit.record, unit.record.sample.targets
    others = [k for k in range(len(targets)) if k != unit.number]
    return long_sum(
        len(others),
        lambda i: Product((record.target(others[i]), a)),
        lambda i, k: float(targets[others[i:k]].sum()) * a.value,
    )


def _in_net_input(unit: Unit) -> Prose:
    return (
        "Written in the net input, which is the same: ",
        Line(unit.a),
        " is so near to its bound that its logarithm would lose digits.",
    )


def _binary_slope(unit: Unit) -> Expr:
    error = difference(unit.a, unit.t)
    quotient = Quotient(error, WRITTEN_ACTIVATIONS[unit.activation.key].slope(unit))
    return times(unit.record.output_share, quotient)


def _binary(key: str) -> WrittenLoss:
    return WrittenLoss(
        key=key,
        term=_binary_term,
        slope=_binary_slope,
        short=Short(
            "With sigmoid and binary cross-entropy the two links of the chain", _binary_unfolded
        ),
        notes=lambda unit: (_in_net_input(unit),) if abs(unit.z.value) > _LARGEST_PLAIN else (),
    )


def _categorical(key: str) -> WrittenLoss:
    return WrittenLoss(
        key=key,
        term=_categorical_term,
        slope=lambda unit: Negative(Quotient(unit.t, unit.a)),
        short=Short(
            "With softmax and cross-entropy the links of the chain",
            _categorical_unfolded,
            of_total=True,
        ),
        notes=lambda unit: (_in_net_input(unit),) if unit.a.value < _SMALLEST_PLAIN else (),
    )


WRITTEN_LOSSES: dict[str, WrittenLoss] = written_half(
    "loss",
    LOSSES,
    (
        WrittenLoss(
            key="half_squared_error",
            term=lambda unit: _squared(unit, Quotient(ONE, Number(2.0))),
            slope=lambda unit: difference(unit.a, unit.t),
        ),
        WrittenLoss(
            key="squared_error",
            term=lambda unit: _squared(unit, None),
            slope=_doubled,
        ),
        WrittenLoss(
            key="mean_squared_error",
            term=lambda unit: _squared(unit, unit.record.output_share),
            slope=_doubled,
        ),
        _binary("binary_cross_entropy"),
        _categorical("categorical_cross_entropy"),
        _binary("summed_binary_cross_entropy"),
        _categorical("summed_categorical_cross_entropy"),
        WrittenLoss(
            key="mean_absolute_error",
            term=_absolute,
            slope=_sign_of_error,
            slope_notes=_absolute_notes,
        ),
        WrittenLoss(
            key="huber",
            term=_huber_term,
            slope=_huber_slope,
            notes=_huber_notes,
            slope_notes=_huber_notes,
        ),
        WrittenLoss(
            key="hinge",
            term=_hinge_term,
            slope=_hinge_slope,
            notes=_hinge_notes,
            slope_notes=_hinge_notes,
        ),
        WrittenLoss(
            key="output_itself",
            term=lambda unit: Term(unit.a, unit.a, ()),
            slope=lambda unit: Number(float(unit.number in unit.record.loss_units)),
            slope_notes=_itself_notes,
        ),
    ),
)
