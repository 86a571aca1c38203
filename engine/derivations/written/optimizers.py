"""How each optimizer's update is written: once, for one parameter and for the matrices of a layer.

What a rule takes off the parameters is made by a WrittenUpdate, which knows whether its terms are
numbers or matrices; settings, and what is made of them alone, are numbers in both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from engine.derivations.parts import Factor
from engine.derivations.written.halves import written_half
from engine.derivations.written.schedules import WRITTEN_SCHEDULES, Written
from engine.formulas.building import ONE, difference
from engine.formulas.formula import (
    Expr,
    Function,
    Line,
    Number,
    Power,
    Product,
    Quotient,
    Symbol,
    Worked,
    equation,
)
from engine.formulas.notation import Name, plain_name, setting_name, slot_name
from engine.formulas.writers import Prose
from engine.maths.activations import Array
from engine.maths.clipping import length
from engine.maths.optimizers import RULES, Optimizer
from engine.run.spec import Spec

T = TypeVar("T", bound=Expr)


class WrittenUpdate(ABC, Generic[T]):
    """One update while it is written: its terms T, and what is found on the way.

    `parameter` is what is updated, `gradient` the batch's, `before` the slots before the update by
    their names, `t` the number of the update. `kept` collects each slot after it, as a symbol and
    as its formula; `factors` what is worked out before the step itself.
    """

    def __init__(
        self, optimizer: Optimizer, t: int, parameter: T, gradient: T, before: dict[str, T]
    ) -> None:
        self.optimizer, self.t, self.parameter = optimizer, t, parameter
        self.gradient, self.before = gradient, before
        self.rate: Symbol = Symbol(setting_name("learning_rate"), optimizer["learning_rate"])
        self.kept: list[tuple[T, T]] = []
        self.factors: list[Factor] = []

    def begin(self, spec: Spec, layer: int, gradient: Array) -> None:
        """Write what comes before the step: the learning rate of this update and layer, and the
        gradient cut. `gradient` is that of all parameters, shape (size,)."""
        self._begin_rate(spec, layer)
        if spec.clipping.name == "norm":
            self._cut_to_length(spec.clipping.limit, float(length(gradient)[0]))
        elif spec.clipping.name == "value":
            limit = Symbol(plain_name("c"), spec.clipping.limit)
            cut = self.cut(self.gradient, limit)
            words = "the gradient, cut to lie between −c and c"
            self.gradient = self.worked_out(plain_name("g_c"), cut, words)

    def _begin_rate(self, spec: Spec, layer: int) -> None:
        schedule = spec.schedule
        if not schedule.is_constant:
            written = Written(schedule, self.rate, spec.counted_before(self.t))
            formula = WRITTEN_SCHEDULES[schedule.name].formula(written)
            self.rate = Symbol(plain_name("η_t"), formula.value)
            words = f"the learning rate of this update by its schedule, {schedule.per}s done: "
            self.factors.append(
                Factor((words, written.n.with_value()), equation(self.rate, formula))
            )
        factor = spec.network.layers[layer - 1].rate_factor
        if factor != 1.0:
            formula = Product((Number(factor), self.rate))
            self.rate = Symbol(Name(f"η_({layer})", "η", f"({layer})"), formula.value)
            words = f"the learning rate of layer {layer}: {factor:g} times the common one"
            self.factors.append(Factor((words,), equation(self.rate, formula)))

    def _cut_to_length(self, most: float, size: float) -> None:
        whole, limit = Symbol(Name("|g|", "|g|"), size), Symbol(plain_name("c"), most)
        words = "the length of the gradient: of all that is updated, taken together"
        self.factors.append(Factor((words,), whole.with_value()))
        if not size > most:
            words = "the limit, which it is not above: the gradient stays as it is"
            self.factors.append(Factor((words,), limit.with_value()))
            return
        formula = Quotient(limit, whole)
        factor = Symbol(plain_name("κ"), formula.value)
        words = "it is above the limit c: the gradient is shortened to that, by the factor"
        self.factors.append(Factor((words,), equation(factor, formula)))
        self.gradient = self.times(factor, self.gradient)

    def setting(self, key: str) -> Expr:
        """A setting of the optimizer, with its symbol."""
        if key == "learning_rate":
            return self.rate
        return Symbol(setting_name(key), self.optimizer[key])

    @property
    def updates(self) -> Symbol:
        """t, the number of this update."""
        return Symbol(plain_name("t"), float(self.t))

    def keep(self, slot: str, formula: T, meaning: str) -> T:
        """A slot after the update; gives its symbol, to go on with."""
        symbol = self.worked_out(slot_name(slot), formula, meaning)
        self.kept.append((symbol, formula))
        return symbol

    def worked_out(self, name: Name, formula: T, meaning: str) -> T:
        """What stands on its own before it is used; gives its symbol, to go on with."""
        symbol = self.named(name, formula)
        self.explain((meaning,), symbol, formula)
        return symbol

    def running_mean(self, decay: Expr, slot: str, now: T) -> T:
        """β · before + (1 − β) · now."""
        rest = Worked(difference(ONE, decay))
        return self.plus(self.times(decay, self.before[slot]), self.times(rest, now))

    @abstractmethod
    def named(self, name: Name, formula: T) -> T:
        """A symbol for what a formula comes to."""

    @abstractmethod
    def explain(self, meaning: Prose, symbol: T, formula: T) -> None:
        """Add the factor that works a symbol out."""

    @abstractmethod
    def number(self, name: Name, formula: Expr, *meaning: str | Line) -> Symbol:
        """A number that is the same for all parameters; gives its symbol."""

    @abstractmethod
    def times(self, number: Expr, term: T) -> T:
        """number · term."""

    @abstractmethod
    def plus(self, first: T, second: T) -> T:
        """first + second."""

    @abstractmethod
    def square(self, term: T) -> T:
        """term², entry by entry."""

    @abstractmethod
    def cut(self, term: T, limit: Expr) -> T:
        """min(max(term, −limit), limit), entry by entry."""

    @abstractmethod
    def root(self, term: T, more: Expr) -> T:
        """√term + more, entry by entry."""

    @abstractmethod
    def divided(self, term: T, number: Expr) -> T:
        """term / number."""

    @abstractmethod
    def over(self, first: T, second: T) -> T:
        """first / second, entry by entry."""


class WrittenOptimizer(Struct, frozen=True, kw_only=True):
    """How an optimizer is written.

    `step` gives what is taken off the parameters, `meaning` says what that is. `means` are the
    words for all that is kept, where it is too much to be written out in one line.
    """

    key: str
    step: Callable[[WrittenUpdate[Any]], Any]
    meaning: str
    means: str = ""


def _gradient_descent(update: WrittenUpdate[T]) -> T:
    """η g."""
    return update.times(update.setting("learning_rate"), update.gradient)


def _momentum(update: WrittenUpdate[T]) -> T:
    """v = μ v_before + g; η v. B. Polyak, Some methods of speeding up the convergence of iteration
    methods, 1964."""
    slowed = update.times(update.setting("momentum"), update.before["v"])
    formula = update.plus(slowed, update.gradient)
    v = update.keep("v", formula, "the last velocity slowed down, plus the gradient")
    return update.times(update.setting("learning_rate"), v)


def _nesterov(update: WrittenUpdate[T]) -> T:
    """v = μ v_before + g; η (g + μ v). As PyTorch writes it: torch.optim.SGD with nesterov=True."""
    mu = update.setting("momentum")
    formula = update.plus(update.times(mu, update.before["v"]), update.gradient)
    v = update.keep("v", formula, "the last velocity slowed down, plus the gradient")
    ahead = update.worked_out(
        plain_name("d_t"),
        update.plus(update.gradient, update.times(mu, v)),
        "the gradient, and one more push of the velocity ahead",
    )
    return update.times(update.setting("learning_rate"), ahead)


def _adagrad(update: WrittenUpdate[T]) -> T:
    """s = s_before + g²; η g / (√s + ε). J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011."""
    formula = update.plus(update.before["s"], update.square(update.gradient))
    s = update.keep("s", formula, "the sum of the gradient's squares so far")
    taken = update.times(update.setting("learning_rate"), update.gradient)
    return update.over(taken, update.root(s, update.setting("epsilon")))


def _rmsprop(update: WrittenUpdate[T]) -> T:
    """v = ρ v_before + (1 − ρ) g²; η g / (√v + ε). G. Hinton, lecture 6e, 2012."""
    mean = update.running_mean(update.setting("rho"), "v", update.square(update.gradient))
    v = update.keep("v", mean, "the running mean of the gradient's square")
    taken = update.times(update.setting("learning_rate"), update.gradient)
    return update.over(taken, update.root(v, update.setting("epsilon")))


def _adam(update: WrittenUpdate[T]) -> T:
    """η_t m / (√v + ε). D. Kingma, J. Ba, Adam, ICLR 2015, as at the end of its section 2."""
    beta_1, beta_2, t = update.setting("beta_1"), update.setting("beta_2"), update.updates
    m, v = _means(update)
    corrected = Function("sqrt", (difference(ONE, Power(beta_2, t)),))
    size = update.number(
        plain_name("η_t" if update.rate.name.text == "η" else "α_t"),
        Quotient(
            Product((update.setting("learning_rate"), corrected)),
            difference(ONE, Power(beta_1, t)),
        ),
        "the step size, corrected since both means began at 0; ",
        t.with_value(),
    )
    return update.over(update.times(size, m), update.root(v, update.setting("epsilon")))


def _means(update: WrittenUpdate[T]) -> tuple[T, T]:
    """Adam's two running means after the update, m and v."""
    first = update.running_mean(update.setting("beta_1"), "m", update.gradient)
    m = update.keep("m", first, "the running mean of the gradient")
    second = update.running_mean(update.setting("beta_2"), "v", update.square(update.gradient))
    v = update.keep("v", second, "the running mean of its square")
    return m, v


def _adam_by_paper(update: WrittenUpdate[T]) -> T:
    """η m̂ / (√v̂ + ε). D. Kingma, J. Ba, Adam, ICLR 2015, algorithm 1."""
    m, v = _means(update)
    t = update.updates
    hats = []
    for mean, letter, decay, words in (
        (m, "m̂", "beta_1", "corrected, since it began at 0"),
        (v, "v̂", "beta_2", "corrected too"),
    ):
        correction = difference(ONE, Power(update.setting(decay), t))
        hat = update.divided(mean, correction)
        hats.append(update.worked_out(plain_name(f"{letter}_t"), hat, words))
    taken = update.times(update.setting("learning_rate"), hats[0])
    return update.over(taken, update.root(hats[1], update.setting("epsilon")))


def _adamw(update: WrittenUpdate[T]) -> T:
    """η m̂ / (√v̂ + ε) + η λ θ. I. Loshchilov, F. Hutter, ICLR 2019, algorithm 2."""
    step = _adam_by_paper(update)
    rate, decay = update.setting("learning_rate"), update.setting("weight_decay")
    return update.plus(step, update.times(Product((rate, decay)), update.parameter))


WRITTEN_OPTIMIZERS: dict[str, WrittenOptimizer] = written_half(
    "optimizer",
    RULES,
    (
        WrittenOptimizer(
            key="gradient_descent",
            step=_gradient_descent,
            meaning="the step: learning rate times gradient",
        ),
        WrittenOptimizer(
            key="momentum",
            step=_momentum,
            meaning="the step: learning rate times velocity",
        ),
        WrittenOptimizer(
            key="nesterov",
            step=_nesterov,
            meaning="the step: learning rate times what lies ahead",
        ),
        WrittenOptimizer(
            key="adagrad",
            step=_adagrad,
            meaning="the step: the smaller, the larger the gradients were so far",
        ),
        WrittenOptimizer(
            key="rmsprop",
            step=_rmsprop,
            meaning="the step: the gradient, measured by how large it was lately",
        ),
        WrittenOptimizer(
            key="adam",
            step=_adam,
            meaning="the step",
            means="the running means",
        ),
        WrittenOptimizer(
            key="adam_paper",
            step=_adam_by_paper,
            meaning="the step",
            means="the running means",
        ),
        WrittenOptimizer(
            key="adamw",
            step=_adamw,
            meaning="Adam's step, and beside it the decay: a share of the parameter itself, which "
            "no gradient has a part in",
            means="the running means",
        ),
    ),
)
