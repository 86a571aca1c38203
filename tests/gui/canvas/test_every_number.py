"""Every number that was revealed can be read on the canvas: with its name and all digits chosen,
covered by nothing, cut off nowhere. Asserted from what is painted.

Each combination of example, window, digits and notation is walked at some of its steps, others for
others; with BACKPASS_EVERY_STEP=1 at all of them, which takes minutes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.documents.examples import example_names, read_example
from engine.formulas.notation import DEFAULT
from engine.maths.network import Parameter
from engine.run.iteration import evaluate, iterate, sample_gradient, sample_pass
from engine.run.spec import start_state
from engine.run.steps import StepId
from engine.text.numbers import format_distinct, format_number
from gui import theme
from gui.canvas.network_canvas import NetworkCanvas
from gui.view import View
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import Painted

WINDOWS = ((960, 540), (1024, 600), (1366, 768), (1440, 900))
DIGITS = (4, 6, 9, None)
NOTATIONS = ("named", "indexed")
MOMENTS = 6  # of each combination
EVERY_STEP = bool(os.environ.get("BACKPASS_EVERY_STEP"))


def missing(view: View, painted: Painted) -> list[str]:
    """The numbers that are revealed in a view and not painted whole, with their names."""
    network, values, digits = view.spec.network, view.worked_pass, view.worked_digits
    labels, found = painted.on_labels(), []

    def number(letter: str, value: float) -> str:
        return f"{letter} {format_number(float(value), digits)}"

    def is_revealed(phase: str, kind: str, *place: Any) -> bool:
        return view.is_revealed(StepId(phase, kind, *place))

    for layer, size in enumerate(network.sizes):
        for unit in range(size):
            wanted = [network.unit_name(layer, unit)]
            if not layer:
                wanted.append(format_number(float(values.a[0][unit]), digits))
            else:
                if is_revealed("forward", "net_input", layer, unit):
                    wanted.append(number(view.notation.net_input, values.z[layer][unit]))
                if is_revealed("forward", "activation", layer, unit):
                    wanted.append(format_number(float(values.a[layer][unit]), digits))
                if is_revealed("backward", "delta", layer, unit):
                    wanted.append(number("δ", values.delta[layer][unit]))
                bias = network.bias_parameter(layer, unit)
                if bias is not None:
                    name, *rest = of_parameter(view, bias)
                    wanted += [f"b {rest[0]}", *rest[1:]]
            if layer == network.depth:
                wanted.append(number(view.notation.target, values.targets[unit]))
                if is_revealed("loss", "loss", layer, unit):
                    wanted.append(number(view.notation.loss, values.loss_terms[unit]))
            there = painted.at_node(layer, unit)
            found += [f"{words} at {wanted[0]}" for words in wanted if words not in there]
        for unit, source in product(range(size if layer else 0), range(network.sizes[layer - 1])):
            words = of_parameter(view, Parameter(layer, unit, source))
            if words not in labels:
                found.append(" ".join(words))
    return found


def of_parameter(view: View, parameter: Parameter) -> list[str]:
    """What is to be read of a weight or bias: name, value, gradients, new value."""
    network, digits, worked = view.spec.network, view.worked_digits, view.worked
    k = network.index(parameter)
    kind = "bias" if parameter.source is None else "weight"
    value, updated = format_number(float(view.worked_theta[k]), digits), None
    gradients: list[str] = []
    if view.is_revealed(StepId("backward", f"{kind}_gradient", *parameter)):
        assert worked is not None
        one = len(worked.rows) == 1 == len(view.spec.data)
        if view.sample_gradient is not None:
            gradients.append(f"∂₁ {format_number(float(view.sample_gradient[k]), digits)}")
        sign = "∂" if one else "∂Σ" if view.spec.reduction == "sum" else "∂⌀"
        gradients.append(f"{sign} {format_number(float(worked.gradient[k]), digits)}")
    if network.trained[k] and view.is_revealed(StepId("update", f"{kind}_update", *parameter)):
        assert worked is not None
        after = float(worked.next_state.theta[k])
        value, updated = format_distinct(float(view.worked_theta[k]), after, digits)
    name = view.notation.parameter(network, parameter)
    return [name, value, *gradients, *([] if updated is None else [f"→ {updated}"])]


def assert_all_is_read(view: View, canvas: NetworkCanvas) -> None:
    painted = Painted(canvas.scene)
    where = f"step {view.revealed}"
    assert missing(view, painted) == [], where
    assert painted.overlaps() == [], where
    assert painted.clipped() == [], where


def view_of_example(name: str) -> View:
    """An example at its start, with its first iteration worked out."""
    document = read_example(name)
    spec = document.spec
    state = start_state(spec, document.start)
    iteration = iterate(spec, state)
    values = sample_pass(spec, state.theta, 0)
    return View(
        spec=spec,
        theta=state.theta,
        t=0,
        revealed=0,
        sample=0,
        sample_pass=values,
        iteration=iteration,
        evaluation=evaluate(spec, state.theta),
        curve=document.spec.data.inputs[:0],
    )


@pytest.fixture(scope="module")
def canvas_sizes(qapp: QApplication) -> dict[tuple[int, int], tuple[int, int]]:
    """The size that the canvas has in a window of each size."""
    theme.apply(qapp, "light")
    window = MainWindow(remember=False)
    window.documents.show(read_example("xor-3-4-1"), "xor-3-4-1")
    window.show()
    found = {}
    for size in WINDOWS:
        window.resize(*size)
        for _ in range(3):
            qapp.processEvents()
        found[size] = window.canvas.size().toTuple()
    window.close_quietly()
    window.deleteLater()
    return found


@pytest.fixture
def canvas(qtbot: QtBot, qapp: QApplication) -> NetworkCanvas:
    theme.apply(qapp, "light")
    made = NetworkCanvas()
    qtbot.addWidget(made)
    made.show()
    return made


def moments(view: View, offset: int) -> Iterator[View]:
    """A view at some of its steps, the last among them, or at all."""
    count = len(view.steps)
    stride = 1 if EVERY_STEP else max(1, count // MOMENTS)
    for revealed in (*range(offset % stride, count, stride), count):
        yield replace(view, revealed=revealed)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", example_names())
def test_every_revealed_number_of_an_example_is_read(
    canvas: NetworkCanvas, canvas_sizes: dict[tuple[int, int], tuple[int, int]],
    name: str, window: tuple[int, int],
) -> None:
    view = view_of_example(name)
    canvas.resize(*canvas_sizes[window])
    QApplication.processEvents()
    for k, (digits, names) in enumerate(product(DIGITS, NOTATIONS)):
        written = replace(view, digits=digits, notation=DEFAULT.changed("parameters", names))
        if digits == 6 and names == "indexed" and len(view.spec.data) > 1:
            own = sample_gradient(view.spec, view.sample_pass)
            written = replace(written, gradients="both", sample_gradient=own)
        canvas.view.fit()
        for moment in moments(written, k + WINDOWS.index(window)):
            canvas.display(moment)
            assert_all_is_read(moment, canvas)


def test_the_numbers_of_a_network_with_eight_units_a_layer_are_read(
    canvas: NetworkCanvas, sized_view: Callable[..., View]
) -> None:
    view = sized_view(2, 8, 8, 1)
    canvas.resize(745, 480)
    for revealed in (0, 18, len(view.steps) // 2, len(view.steps)):
        moment = sized_view(2, 8, 8, 1, revealed=revealed)
        canvas.display(moment)
        assert_all_is_read(moment, canvas)


def step_labels(view: View) -> list[Parameter]:
    """The weights whose labels the current step makes use of."""
    step, sizes = view.step, view.spec.network.sizes
    if step is None:
        return []
    if step.kind == "net_input":
        return [Parameter(step.layer, step.unit, k) for k in range(sizes[step.layer - 1])]
    if step.kind == "delta" and step.layer < view.spec.network.depth:
        return [Parameter(step.layer + 1, k, step.unit) for k in range(sizes[step.layer + 1])]
    if step.source is not None:
        return [Parameter(step.layer, step.unit, step.source)]
    return []


@pytest.mark.parametrize("window", [*WINDOWS, "both columns open"])
@pytest.mark.parametrize("sizes", [(2, 12, 12, 1), (2, 24, 24, 1), (12, 12), (3, 12, 24)])
def test_of_a_network_with_many_units_a_layer_the_numbers_of_the_step_are_read(
    canvas: NetworkCanvas, canvas_sizes: dict[tuple[int, int], tuple[int, int]],
    sized_view: Callable[..., View], sizes: tuple[int, ...], window: Any,
) -> None:
    canvas.resize(*canvas_sizes.get(window, (372, 247)))
    view = sized_view(*sizes, revealed=len(sized_view(*sizes).steps))
    network, count = view.spec.network, len(view.steps)
    canvas.display(view)
    stride = 1 if EVERY_STEP else count // 20
    for revealed in (*range(len(str(window)) % stride, count, stride), count):
        moment = replace(view, revealed=revealed)
        canvas.display(moment)
        painted, where = Painted(canvas.scene), f"step {revealed}: {moment.step}"
        assert painted.overlaps() == [], where
        assert painted.clipped() == [], where
        labels = {label[0]: label[1:] for label in painted.on_labels()}
        for parameter in step_labels(moment):
            name, value, *_ = of_parameter(moment, parameter)
            assert labels[name][0] == value, where
        step = moment.step
        if step is not None and step.kind in ("activation", "net_input"):
            written = painted.at_node(step.layer, step.unit)
            assert written[0] == network.unit_name(step.layer, step.unit), where
            z = format_number(float(moment.worked_pass.z[step.layer][step.unit]), view.digits)
            assert f"z {z}" in written, where
