"""Training sets that come with the program: what each is, what of it can be chosen, and a network
that can learn it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from engine.data import generators
from engine.data.bundled import DIGITS, IRIS, PIXELS, SEPAL_AND_PETAL, digits, iris
from engine.data.generators import Draw
from engine.maths.activations import Array
from engine.run.spec import Data

_DECIMALS = 3  # so that a drawn sample can be read, and typed into a calculator


class DataSetting(Struct, frozen=True):
    """What can be chosen of a data set: a number from `least` to `most`; a whole one, or per
    cent with `decimals`."""

    key: str
    title: str
    default: float
    least: float
    most: float
    decimals: int = 0
    suffix: str = ""

    def allows(self, value: float) -> bool:
        """Whether a value is possible."""
        return self.least <= value <= self.most and (self.decimals > 0 or value == int(value))


class Learning(Struct, frozen=True):
    """How a network learns a set before one's eyes: activation of its hidden units, optimizer and
    learning rate, samples a batch (None: all), and the scaling (a key of SCALINGS, "" for none)."""

    hidden: str = "sigmoid"
    optimizer: str = "gradient_descent"
    rate: float = 0.5
    batch: int | None = None
    scaling: str = ""


_QUICK = Learning("tanh", "adam", 0.02)


class DatasetRule(Struct, frozen=True):
    """A training set that can be made, and a network that can learn it.

    `make(seed)` is a pure function of the seed and of what is chosen among `settings`, by their
    keys; the seed means nothing where there is nothing to draw. `loss` and `activation` (of the
    output) suit the targets, `hidden` are sizes of hidden layers that are enough. `input_names`
    and `output_names` are those of the units, where the columns have names.
    """

    key: str
    title: str
    make: Callable[..., Data]
    inputs: int
    outputs: int
    loss: str
    activation: str
    hidden: tuple[int, ...]
    settings: tuple[DataSetting, ...] = ()
    learning: Learning = Learning()
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()

    def made(self, seed: int, chosen: Mapping[str, float]) -> Data:
        """The set with some settings; those that are not chosen have their defaults. Raises
        ValueError with a sentence for a setting that is not possible."""
        known = {setting.key: setting for setting in self.settings}
        for key, value in chosen.items():
            if key not in known:
                raise ValueError(f"{self.title}: there is no setting “{key}”.")
            setting = known[key]
            if not setting.allows(value):
                raise ValueError(
                    f"{setting.title} of “{self.title}” can be {setting.least:g} to "
                    f"{setting.most:g}{setting.suffix}, not {value:g}."
                )
        return self.make(seed, **chosen)

    def inputs_with(self, chosen: Mapping[str, float]) -> int:
        """How many inputs there are with some settings."""
        return int(chosen.get("bits", self.inputs))

    def hidden_with(self, chosen: Mapping[str, float]) -> tuple[int, ...]:
        """Hidden layers that are enough with some settings."""
        return (2 * int(chosen["bits"]),) if "bits" in chosen else self.hidden


def _noise(default: float) -> DataSetting:
    return DataSetting("noise", "Noise", default, 0.0, 50.0, decimals=1, suffix=" %")


def _count(default: int, least: int = 4, most: int = 2000) -> DataSetting:
    return DataSetting("count", "Samples", default, least, most)


_COPIES = DataSetting("copies", "Copies of each row", 1, 1, 100)
_BITS = DataSetting("bits", "Bits", 4, 2, 8)


def _rows(is_one: Callable[[Array], NDArray[np.bool_]], bits: int = 2) -> Callable[..., Data]:
    """All rows of 0 and 1, as often as is chosen, their inputs moved by noise."""

    def make(seed: int, copies: float = 1, noise: float = 0.0, bits: float = bits) -> Data:
        rows = np.array(list(product((0.0, 1.0), repeat=int(bits))))
        inputs = np.tile(rows, (int(copies), 1))
        said = is_one(inputs).astype(float).reshape(-1, 1)
        if noise:
            moved = np.random.default_rng(seed).normal(0.0, noise / 100.0, inputs.shape)
            inputs = np.round(inputs + moved, _DECIMALS) + 0.0
        return Data(inputs, said, ("t",))

    return make


def _drawn(
    draw: Draw, target_names: tuple[str, ...], usual_count: int, usual_noise: float
) -> Callable[..., Data]:
    """A set whose samples come from a generator, rounded and in a drawn order."""

    def make(seed: int, count: float = usual_count, noise: float = usual_noise) -> Data:
        generator = np.random.default_rng(seed)
        inputs, targets = draw(generator, int(count), noise / 100.0)
        order = generator.permutation(len(inputs))
        # Adding zero turns -0 into 0.
        inputs = np.round(inputs, _DECIMALS) + 0.0
        targets = np.round(targets, _DECIMALS) + 0.0
        return Data(inputs[order], targets[order], target_names)

    return make


def _gate(key: str, title: str, hidden: tuple[int, ...], *ones: int) -> DatasetRule:
    """A logic gate: 1 where so many of the two inputs are 1."""
    make = _rows(lambda inputs: np.isin(inputs.sum(axis=1), ones))
    settings = (_COPIES, _noise(0.0))
    return DatasetRule(
        key, title, make, 2, 1, "half_squared_error", "sigmoid", hidden, settings
    )


def _points(
    key: str,
    title: str,
    draw: Draw,
    count: int,
    noise: float,
    hidden: tuple[int, ...],
    learning: Learning = _QUICK,
) -> DatasetRule:
    """Points of the plane in two classes."""
    make, settings = _drawn(draw, ("t",), count, noise), (_count(count), _noise(noise))
    return DatasetRule(
        key, title, make, 2, 1, "binary_cross_entropy", "sigmoid", hidden, settings, learning
    )


def _measured(
    key: str,
    title: str,
    draw: Draw,
    count: int,
    noise: float,
    hidden: tuple[int, ...],
    inputs: int = 1,
    learning: Learning = _QUICK,
) -> DatasetRule:
    """Numbers that were measured with an error."""
    make, settings = _drawn(draw, ("t",), count, noise), (_count(count), _noise(noise))
    return DatasetRule(
        key, title, make, inputs, 1, "mean_squared_error", "linear", hidden, settings, learning
    )


def _is_odd(inputs: Array) -> NDArray[np.bool_]:
    return np.asarray(inputs.sum(axis=1) % 2 == 1)


DATASETS: dict[str, DatasetRule] = {
    rule.key: rule
    for rule in (
        _gate("xor", "XOR", (3,), 1),
        _gate("and", "AND", (), 2),
        _gate("or", "OR", (), 1, 2),
        DatasetRule(
            "parity", "parity of some bits", _rows(_is_odd, 4), 4, 1,
            "binary_cross_entropy", "sigmoid", (8,), (_BITS, _COPIES, _noise(0.0)), _QUICK,
        ),
        _points("circle", "points inside a circle", generators.circle, 120, 0.0, (4,)),
        _points("rings", "two rings", generators.rings, 120, 5.0, (6,)),
        _points("moons", "two moons", generators.moons, 120, 8.0, (6,)),
        _points("spirals", "two spirals", generators.spirals, 160, 1.5, (16, 16)),
        _points(
            "gaussians", "two clouds of points", generators.gaussians, 120, 25.0, (),
            Learning(rate=0.5),
        ),
        DatasetRule(
            "groups", "three groups of points",
            _drawn(generators.groups, ("t1", "t2", "t3"), 120, 20.0), 2, 3,
            "categorical_cross_entropy", "softmax", (), (_count(120), _noise(20.0)),
        ),
        _measured(
            "line", "points along a line", generators.line, 40, 10.0, (),
            learning=Learning(rate=0.1),
        ),
        _measured("sine", "points along a sine wave", generators.sine, 60, 5.0, (6,)),
        _measured(
            "polynomial", "points along a cubic curve", generators.polynomial, 60, 5.0, (6,)
        ),
        _measured(
            "plane", "points on a plane", generators.plane, 60, 5.0, (), inputs=2,
            learning=Learning(rate=0.1),
        ),
        DatasetRule(
            "iris", "Iris: three species of flowers", iris, 4, 3,
            "categorical_cross_entropy", "softmax", (6,),
            learning=Learning("tanh", "adam", 0.02, scaling="standard"),
            input_names=SEPAL_AND_PETAL, output_names=IRIS,
        ),
        DatasetRule(
            "digits", "handwritten digits, 8 × 8 pixels", digits, 64, 10,
            "categorical_cross_entropy", "softmax", (16,),
            settings=(_count(1797, 10, 1797),),
            learning=Learning("tanh", "adam", 0.01, batch=32, scaling="range"),
            input_names=PIXELS, output_names=DIGITS,
        ),
    )
}
