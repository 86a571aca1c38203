"""Optimizers: how a gradient moves the parameters, as a table, and a table of their settings.

Every optimizer is a pure function of the parameters, the gradient, its slots (running vectors of
the parameters' shape) and the number of this update, counted from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt
from types import MappingProxyType

import numpy as np
from msgspec import Struct
from msgspec.structs import force_setattr

from engine.maths.activations import Array
from engine.maths.setting import Setting

Slots = tuple[Array, ...]


SETTINGS: dict[str, Setting] = {
    setting.key: setting
    for setting in (
        Setting(
            key="learning_rate",
            title="learning rate",
            label="Learning rate",
            brief="Rate η",
            symbol="η",
            listed="learning rate",
            default=0.5,
            high=1e12,
            limits="a learning rate lies above 0 and below 1e12",
            required=True,
        ),
        Setting(
            key="momentum",
            title="momentum",
            label="Momentum",
            brief="μ",
            symbol="μ",
            listed="momentum",
            default=0.9,
            may_be_low=True,
            limits="momentum lies from 0 up to, not including, 1",
        ),
        Setting(
            key="beta_1",
            title="beta 1",
            label="β₁",
            brief="β₁",
            symbol="β_1",
            listed="decay rates",
            default=0.9,
            may_be_low=True,
            limits="beta_1 lies from 0 up to, not including, 1",
        ),
        Setting(
            key="beta_2",
            title="beta 2",
            label="β₂",
            brief="β₂",
            symbol="β_2",
            listed="",
            default=0.999,
            may_be_low=True,
            limits="beta_2 lies from 0 up to, not including, 1",
        ),
        Setting(
            key="epsilon",
            title="epsilon",
            label="ε",
            brief="ε",
            symbol="ε",
            listed="",
            default=1e-7,
            limits="epsilon lies between 0 and 1",
        ),
        Setting(
            key="rho",
            title="rho",
            label="Decay ρ",
            brief="ρ",
            symbol="ρ",
            listed="decay rate",
            default=0.9,
            may_be_low=True,
            limits="rho lies from 0 up to, not including, 1",
        ),
        Setting(
            key="weight_decay",
            title="weight decay",
            label="Weight decay",
            brief="Decay λ",
            symbol="λ",
            listed="weight decay",
            default=0.01,
            high=1e12,
            may_be_low=True,
            limits="weight decay lies from 0 up to, not including, 1e12",
        ),
    )
}


class Optimizer(Struct, frozen=True):
    """The choice of an optimizer, a key of RULES, and its settings by their keys in SETTINGS.

    Settings that are not given have their defaults; those that this optimizer does not read are
    kept for when another is chosen.
    """

    key: str = "gradient_descent"
    settings: Mapping[str, float] = MappingProxyType({})

    def __post_init__(self) -> None:
        defaults = {key: setting.default for key, setting in SETTINGS.items()}
        if self.key in RULES:
            defaults |= RULES[self.key].defaults
        force_setattr(self, "settings", MappingProxyType({**defaults, **self.settings}))

    def __getitem__(self, setting: str) -> float:
        return self.settings[setting]

    def changed(self, **settings: float) -> Optimizer:
        """The same with other values of some settings."""
        return Optimizer(self.key, {**self.settings, **settings})

    def another(self, key: str) -> Optimizer:
        """Another optimizer with the same settings; those that stand at the default of this one
        stand at the default of that one."""
        usual = Optimizer(self.key).settings
        own = {name: value for name, value in self.settings.items() if value != usual.get(name)}
        return Optimizer(key, own)

    def fresh_slots(self, size: int) -> Slots:
        """Slots of a run that has not begun: zeros of shape (size,)."""
        return tuple(np.zeros(size) for _ in RULES[self.key].slots)

    def update(self, theta: Array, gradient: Array, slots: Slots, t: int) -> tuple[Array, Slots]:
        """Parameters and slots after update number t ≥ 1; the arguments are left as they are."""
        return RULES[self.key].update(self, theta, gradient, slots, t)


class Rule(Struct, frozen=True, kw_only=True):
    """One optimizer: its formula, the names of its slots, and the settings it reads.

    `memory` says in words what the slots hold. `defaults` are those of its settings that differ
    from the setting's own. It `decays` if it moves a parameter also where its gradient is 0.
    """

    key: str
    title: str
    formula: str
    settings: tuple[str, ...]
    slots: tuple[str, ...] = ()
    memory: str = ""
    defaults: Mapping[str, float] = MappingProxyType({})
    decays: bool = False
    update: Callable[[Optimizer, Array, Array, Slots, int], tuple[Array, Slots]]


def _gradient_descent(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    return theta - setting["learning_rate"] * gradient, slots


def _momentum(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """B. Polyak, Some methods of speeding up the convergence of iteration methods, 1964."""
    velocity = setting["momentum"] * slots[0] + gradient
    return theta - setting["learning_rate"] * velocity, (velocity,)


def _nesterov(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """Y. Nesterov, 1983, in the form of PyTorch (torch.optim.SGD with nesterov=True): θ stands
    where the look ahead has led already, so the gradient is taken at θ itself. I. Sutskever et al.,
    On the importance of initialization and momentum in deep learning, ICML 2013."""
    velocity = setting["momentum"] * slots[0] + gradient
    ahead = gradient + setting["momentum"] * velocity
    return theta - setting["learning_rate"] * ahead, (velocity,)


def _adagrad(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """J. Duchi, E. Hazan, Y. Singer, Adaptive subgradient methods, JMLR 12, 2011; ε after the root,
    as in PyTorch."""
    s = slots[0] + gradient**2
    return theta - setting["learning_rate"] * gradient / (np.sqrt(s) + setting["epsilon"]), (s,)


def _rmsprop(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """G. Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; ε after the root, as in
    PyTorch."""
    v = setting["rho"] * slots[0] + (1.0 - setting["rho"]) * gradient**2
    return theta - setting["learning_rate"] * gradient / (np.sqrt(v) + setting["epsilon"]), (v,)


def _adam(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """D. Kingma, J. Ba, Adam, ICLR 2015, in the order of computation of its section 2, as Keras.

    The bias corrections are drawn into the step size and epsilon is added after the square root
    (the paper's "epsilon hat"), so epsilon is not scaled by the correction.
    """
    beta_1, beta_2 = setting["beta_1"], setting["beta_2"]
    m = beta_1 * slots[0] + (1.0 - beta_1) * gradient
    v = beta_2 * slots[1] + (1.0 - beta_2) * gradient**2
    return theta - adam_step_size(setting, t) * m / (np.sqrt(v) + setting["epsilon"]), (m, v)


def adam_step_size(setting: Optimizer, t: int) -> float:
    """η √(1 − β₂ᵗ) / (1 − β₁ᵗ) for update number t ≥ 1."""
    value = setting.settings
    return value["learning_rate"] * sqrt(1.0 - value["beta_2"] ** t) / (1.0 - value["beta_1"] ** t)


def _adam_by_paper(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """D. Kingma, J. Ba, Adam, ICLR 2015, algorithm 1, as PyTorch (torch.optim.Adam).

    Both means are divided by their corrections first, so that epsilon stands beside √v̂.
    """
    m, v, step = _corrected_step(setting, gradient, slots, t)
    return theta - step, (m, v)


def _adamw(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """I. Loshchilov, F. Hutter, Decoupled weight decay regularization, ICLR 2019, algorithm 2, as
    PyTorch (torch.optim.AdamW): every parameter decays, biases too, by η λ θ beside Adam's step."""
    m, v, step = _corrected_step(setting, gradient, slots, t)
    decay = setting["learning_rate"] * setting["weight_decay"] * theta
    return theta - (step + decay), (m, v)


def _corrected_step(
    setting: Optimizer, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Array, Array]:
    """Adam's means m and v after update number t, and its step η m̂ / (√v̂ + ε)."""
    beta_1, beta_2 = setting["beta_1"], setting["beta_2"]
    m = beta_1 * slots[0] + (1.0 - beta_1) * gradient
    v = beta_2 * slots[1] + (1.0 - beta_2) * gradient**2
    first, second = adam_corrections(setting, t)
    root = np.sqrt(v / second) + setting["epsilon"]
    return m, v, setting["learning_rate"] * (m / first) / root


def adam_corrections(setting: Optimizer, t: int) -> tuple[float, float]:
    """1 − β₁ᵗ and 1 − β₂ᵗ for update number t ≥ 1: both means began at 0, and are divided by
    these."""
    value = setting.settings
    return 1.0 - value["beta_1"] ** t, 1.0 - value["beta_2"] ** t


_AS_IN_THE_PAPER = MappingProxyType({"epsilon": 1e-8})  # and as in PyTorch

RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            key="gradient_descent",
            title="gradient descent",
            formula="θ ← θ − η g",
            settings=("learning_rate",),
            update=_gradient_descent,
        ),
        Rule(
            key="momentum",
            title="momentum",
            formula="v ← μ v + g, θ ← θ − η v",
            settings=("learning_rate", "momentum"),
            slots=("v",),
            memory="the velocity",
            update=_momentum,
        ),
        Rule(
            key="nesterov",
            title="Nesterov momentum",
            formula="v ← μ v + g, θ ← θ − η (g + μ v)",
            settings=("learning_rate", "momentum"),
            slots=("v",),
            memory="the velocity",
            update=_nesterov,
        ),
        Rule(
            key="adagrad",
            title="AdaGrad",
            formula="s ← s + g², θ ← θ − η g / (√s + ε)",
            settings=("learning_rate", "epsilon"),
            slots=("s",),
            memory="the sum of each gradient's squares",
            update=_adagrad,
        ),
        Rule(
            key="rmsprop",
            title="RMSProp",
            formula="v ← ρ v + (1 − ρ) g², θ ← θ − η g / (√v + ε)",
            settings=("learning_rate", "rho", "epsilon"),
            slots=("v",),
            memory="the running mean of each gradient's square",
            update=_rmsprop,
        ),
        Rule(
            key="adam",
            title="Adam (Keras)",
            formula="θ ← θ − η_t m / (√v + ε)",
            settings=("learning_rate", "beta_1", "beta_2", "epsilon"),
            slots=("m", "v"),
            memory="the running means of each gradient and of its square",
            update=_adam,
        ),
        Rule(
            key="adam_paper",
            title="Adam (paper, PyTorch)",
            formula="θ ← θ − η m̂ / (√v̂ + ε)",
            settings=("learning_rate", "beta_1", "beta_2", "epsilon"),
            slots=("m", "v"),
            memory="the running means of each gradient and of its square",
            defaults=_AS_IN_THE_PAPER,
            update=_adam_by_paper,
        ),
        Rule(
            key="adamw",
            title="AdamW",
            formula="θ ← θ − η m̂ / (√v̂ + ε) − η λ θ",
            settings=("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"),
            slots=("m", "v"),
            memory="the running means of each gradient and of its square",
            defaults=_AS_IN_THE_PAPER,
            decays=True,
            update=_adamw,
        ),
    )
}
