"""What the derivations' tests share: iterations to derive, and how near is the same."""

from __future__ import annotations

import numpy as np
from hypothesis import assume
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.maths.clipping import Clipping
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.edits import set_mistakes
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Data, Spec, State, start_state


def mazur() -> Iteration:
    """The first iteration of the 2-2-2 network."""
    document = read_example("mazur-2-2-2")
    return iterate(document.spec, start_state(document.spec, document.start))


def iteration_of(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: str = "half_squared_error",
    reduction: str = "sum",
    samples: int = 1,
    seed: int = 0,
    **rest: object,
) -> Iteration:
    """An iteration of a network with drawn parameters and data; `rest` are fields of Spec."""
    names = default_unit_names(sizes)
    layers = tuple(Layer(u, f) for u, f in zip(names[1:], activations, strict=True))
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(samples, sizes[0]))
    targets = generator.uniform(size=(samples, sizes[-1]))
    if activations[-1] == "softmax":
        targets = np.eye(sizes[-1])[generator.integers(sizes[-1], size=samples)]
    data = Data(inputs, targets, names[-1])
    fields = {"optimizer": Optimizer().changed(learning_rate=0.1), **rest}
    spec = Spec(Network(names[0], layers), loss, reduction, data=data, **fields)  # type: ignore[arg-type]
    return iterate(spec, State(generator.normal(size=spec.network.size)))


def relu_run(x: list[float], w: list[float], b: float) -> Iteration:
    """One ReLU unit with weights w and bias b, fed with x."""
    names = tuple(f"x{i + 1}" for i in range(len(x)))
    network = Network(names, (Layer(("o",), "relu"),))
    data = Data(np.array([x]), np.array([[0.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    theta = network.theta([np.array([w])], [np.array([b])])
    return iterate(spec, start_state(spec, theta))


def agree(value: float, expected: float) -> bool:
    return abs(value - expected) <= 1e-12 * max(1.0, abs(expected))


def with_mistakes(run: tuple[Spec, State], keys: list[str]) -> tuple[Spec, State]:
    """A run that makes these mistakes; where gradients are kept, one is."""
    spec, state = run
    if spec.clipping.name == "norm":  # which does not go with every mistake
        spec = replace(spec, clipping=Clipping("value", spec.clipping.limit))
    spec, state = set_mistakes(spec, state, keys)
    if "accumulated-gradients" in keys:
        state = iterate(spec, state).next_state
        assume(np.isfinite(state.theta).all())
    return spec, state
