"""A mistake inside a pass is one row, and one row of its written half: everything else follows.

The rows of this file are in no table of the program; each test puts them there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QAction

from engine.derivations.derive import derive
from engine.derivations.record import Record
from engine.derivations.written.mistakes import WRITTEN_MISTAKES, Weights, WrittenMistake
from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.formulas.building import ONE, difference
from engine.formulas.formula import (
    Expr,
    Mistaken,
    Number,
    Power,
    Product,
    Quotient,
    Worked,
    corrected,
)
from engine.learn.published.mistake_search import search
from engine.maths.activations import Activation, Array
from engine.maths.backprop import Rules
from engine.maths.network import Layer, Network, Parameter
from engine.maths.optimizers import Optimizer
from engine.run.gradient_check import check_gradient
from engine.run.iteration import Iteration, iterate
from engine.run.mistakes import MISTAKES, Mistake, Run, why_not
from engine.run.spec import Data, Spec, start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId
from engine.training.trainer import Trainer
from gui.view import View
from gui.window.main_window import MainWindow
from main import main
from tests.engine.conftest import printed_figure
from tests.gui.conftest import OpenWindow

ROOT = Path(__file__).resolve().parents[2]


def squared_weights(rules: Rules) -> Rules:
    """∂E/∂a = Σ w² δ."""
    return replace(rules, way_back=lambda W: rules.way_back(W) ** 2)


def written_squared(record: Record, weight: Weights) -> Weights:
    def used(parameter: Parameter) -> Expr:
        right = weight(parameter)
        return Mistaken("squared-weights", Power(right, Number(2.0)), corrected(right))

    return used


def slope_in_z(rules: Rules) -> Rules:
    """z (1 − z) in place of a (1 − a)."""

    def slope(f: Activation, z: Array, a: Array) -> Array:
        right = rules.activation_slope(f, z, a)
        return z * (1.0 - z) if f.key == "sigmoid" else right

    return replace(rules, activation_slope=slope)


def written_slope(record: Record, formula: Expr, at: Parameter) -> Expr:
    if record.network.layers[at.layer - 1].activation != "sigmoid":
        return formula
    z = record.net_input(at.layer, at.unit or 0)
    used = Product((z, Worked(difference(ONE, z))))
    return Mistaken("slope-in-z", used, corrected(formula))


def no_target(rules: Rules) -> Rules:
    """∂E/∂a = a."""
    return replace(rules, loss_slope=lambda loss, a, targets: a)


def written_no_target(record: Record, formula: Expr, at: Parameter) -> Expr:
    return Mistaken("no-target", record.activation(at.layer, at.unit or 0), corrected(formula))


def needs_hidden(run: Run) -> str:
    return "" if run.network.depth > 1 else "There is no hidden layer."


def needs_sigmoid(run: Run) -> str:
    has = any(layer.activation == "sigmoid" for layer in run.network.layers)
    return "" if has else "No layer is sigmoid."


def needs_slope(run: Run) -> str:
    return "Softmax stays short." if run.network.layers[-1].activation == "softmax" else ""


NEW = (
    (
        Mistake(
            "squared-weights", "sent back through squared weights", "They look like errors.",
            "∂E/∂a = Σ w δ", "∂E/∂a = Σ w² δ", "pass", needs_hidden, change=squared_weights,
        ),
        WrittenMistake(key="squared-weights", way_back=written_squared),
    ),
    (
        Mistake(
            "slope-in-z", "slope written in z", "What is remembered is x (1 − x).",
            "a (1 − a)", "z (1 − z)", "pass", needs_sigmoid, change=slope_in_z, of_slope=True,
        ),
        WrittenMistake(key="slope-in-z", activation_slope=written_slope),
    ),
    (
        Mistake(
            "no-target", "target left out", "The output is taken for the error.",
            "∂E/∂a = a − t", "∂E/∂a = a", "pass", needs_slope, change=no_target,
        ),
        WrittenMistake(key="no-target", loss_slope=written_no_target),
    ),
)  # fmt: skip
KEYS = tuple(mistake.key for mistake, _ in NEW)


def written_half_rate(key: str, formula: Expr) -> Expr:
    if key != "learning_rate":
        return formula
    return Mistaken("half-rate", Quotient(formula, Number(2.0)), corrected(formula))


# Beside the passes: what has been foreseen there is a row too.
HALF_RATE = Mistake(
    "half-rate", "half the learning rate", "The ½ of the loss is taken once more.",
    "w ← w − η g", "w ← w − ½ η g", "update", lambda run: "",
    "The gradient is right; only the size of the step is not.",
    optimizer=lambda used: used.changed(learning_rate=used["learning_rate"] / 2.0),
)  # fmt: skip
ZERO_START = Mistake(
    "zero-start", "all start values 0", "It looks neutral.",
    "values that differ", "0", "start", lambda run: "", "The gradient is right for these values.",
    start=lambda network, theta: np.zeros_like(theta),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for mistake, written in NEW:
        monkeypatch.setitem(MISTAKES, mistake.key, mistake)
        monkeypatch.setitem(WRITTEN_MISTAKES, mistake.key, written)
    monkeypatch.setitem(MISTAKES, "half-rate", HALF_RATE)
    written = WrittenMistake(key="half-rate", setting=written_half_rate)
    monkeypatch.setitem(WRITTEN_MISTAKES, "half-rate", written)
    monkeypatch.setitem(MISTAKES, "zero-start", ZERO_START)


def cross_entropy() -> Document:
    """A network whose loss and activation shorten, with more paths than a sum writes out."""
    layers = (
        Layer(("h1", "h2", "h3"), "sigmoid"),
        Layer(tuple(f"g{k}" for k in range(10)), "tanh", "shared"),
        Layer(("o1", "o2"), "sigmoid"),
    )
    network, draw = Network(("x1", "x2"), layers), np.random.default_rng(4)
    data = Data(draw.normal(size=(3, 2)), draw.uniform(size=(3, 2)), ("t1", "t2"))
    spec = Spec(network, "binary_cross_entropy", "mean", Optimizer("momentum"), data)
    return Document(spec=spec, start=draw.uniform(-1.0, 1.0, network.size))


NETWORKS: dict[str, Callable[[], Document]] = {
    "mazur-2-2-2": lambda: read_example("mazur-2-2-2"),
    "hand-2-2-1": lambda: read_example("hand-2-2-1"),
    "xor-2-3-1": lambda: read_example("xor-2-3-1"),
    "cross-entropy": cross_entropy,
}


def with_mistakes(document: Document, *keys: str) -> Iteration:
    spec = replace(document.spec, mistakes=keys)
    return iterate(spec, start_state(spec, document.start))


def assert_derived(iteration: Iteration) -> None:
    row = int(iteration.rows[-1])
    sample = iteration.sample(row)
    for k in range(len(iteration.spec.steps)):
        step = iteration.spec.steps.id_at(k)
        value, expected = derive(iteration, step, row).value, step_value(iteration, step, sample)
        assert value == pytest.approx(expected, rel=1e-12, abs=1e-12), (
            iteration.spec.mistakes, step
        )  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", NETWORKS)
def test_each_step_is_derived_as_the_engine_works_it_out(name: str, key: str) -> None:
    document = NETWORKS[name]()
    right, wrong = with_mistakes(document), with_mistakes(document, key)
    assert not np.allclose(right.gradient, wrong.gradient)
    assert_derived(wrong)


@pytest.mark.parametrize("name", NETWORKS)
def test_it_goes_together_with_every_other_mistake(name: str) -> None:
    document = NETWORKS[name]()
    possible = [key for key in MISTAKES if not why_not(document.spec, key)]
    for first, second in permutations(possible, 2):
        if first in KEYS:
            assert_derived(with_mistakes(document, first, second))


@pytest.mark.parametrize("name", NETWORKS)
def test_one_in_the_update_is_a_row_as_well(name: str) -> None:
    document = NETWORKS[name]()
    right, wrong = with_mistakes(document), with_mistakes(document, "half-rate")
    before = right.state.theta
    expected = before + (right.next_state.theta - before) / 2.0
    assert wrong.next_state.theta == pytest.approx(expected, rel=1e-12)
    for more in ((), ("forgotten-rate",), ("biases-forgotten",)):
        assert_derived(with_mistakes(document, "half-rate", *more))
    assert check_gradient(wrong.spec, wrong.state).agrees


def test_what_was_taken_is_struck_and_what_is_right_is_framed() -> None:
    iteration = with_mistakes(read_example("mazur-2-2-2"), "squared-weights", "slope-in-z")
    made = derive(iteration, StepId("backward", "delta", 1, 0), 0)
    assert made.text.startswith(
        "δ_h1 = (~~w5²~~ [w5] · δ_o1 + ~~w7²~~ [w7] · δ_o2) · "
        "~~z_h1 · (1 − z_h1)~~ [a_h1 · (1 − a_h1)] = (0.4² · "
    )
    assert made.notes[0] == (
        "Mistake: sent back through squared weights, slope written in z. Struck through is what "
        "was taken, framed what is right.",
    )


@pytest.mark.parametrize("key", KEYS)
def test_the_gradient_check_finds_it(key: str) -> None:
    for build in NETWORKS.values():
        document = build()
        spec = replace(document.spec, mistakes=(key,))
        assert not check_gradient(spec, start_state(spec, document.start)).agrees


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", NETWORKS)
def test_its_own_figures_are_found_again(name: str, key: str) -> None:
    document = NETWORKS[name]()
    iteration, figures = with_mistakes(document, key), []
    row = int(iteration.rows[0])
    for k in range(len(iteration.spec.steps)):
        step = iteration.spec.steps.id_at(k)
        value = step_value(iteration, step, iteration.sample(row))
        text = np.format_float_positional(value, 8, unique=False, fractional=False)
        of = row if step.of_sample else None
        figures.append(printed_figure(1, step, text.rstrip("."), of))
    answer = search(document.spec, document.start, tuple(figures))
    assert [suspect.mistakes for suspect in answer.suspects] == [(key,)]


@pytest.mark.parametrize("key", KEYS)
def test_the_command_line_makes_it_and_every_format_strikes_it(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    title = MISTAKES[key].title
    assert main(["trace", "mazur-2-2-2", "--mistake", key, "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    expected = with_mistakes(read_example("mazur-2-2-2"), key).gradient
    weights = [s["value"] for s in steps if s["kind"] == "weight_gradient"]
    assert sorted(weights) == pytest.approx(sorted(expected[[0, 1, 2, 3, 5, 6, 7, 8]]), rel=1e-14)
    struck = {"md": "~~", "html": 'class="struck"', "tex": r"\bcancel{"}
    for form, sign in struck.items():
        assert main(["trace", "mazur-2-2-2", "--format", form, "--mistake", key]) == 0
        written = capsys.readouterr().out
        assert title in written and sign in written


@pytest.mark.parametrize("key", KEYS)
def test_a_run_makes_it_as_stepping_shows_it(key: str) -> None:
    for build in NETWORKS.values():
        iteration = with_mistakes(build(), key)
        trainer = Trainer(iteration.spec, iteration.state)
        trainer.advance(1)
        assert trainer.state.theta.tobytes() == iteration.next_state.theta.tobytes()


def test_a_document_carries_it() -> None:
    document = read_example("mazur-2-2-2")
    spec = replace(document.spec, mistakes=KEYS)
    again = read_document(write_document(Document(spec=spec, start=document.start)))
    assert again.spec.mistakes == KEYS


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("mazur-2-2-2")


@pytest.mark.parametrize("key", KEYS)
def test_it_stands_in_the_menu_and_is_made_in_the_window(window: MainWindow, key: str) -> None:
    action = window.findChild(QAction, f"mistake/{key}")
    assert isinstance(action, QAction)
    assert action.text() == MISTAKES[key].title.capitalize() and action.isEnabled()
    action.trigger()
    assert window.session.spec.mistakes == (key,)
    assert MISTAKES[key].title in window.mistake_strip.label.text()


def test_one_at_the_start_begins_the_run_anew(window: MainWindow) -> None:
    views: list[View] = []
    window.session.changed.connect(views.append)
    action = window.findChild(QAction, "mistake/zero-start")
    assert isinstance(action, QAction)
    action.trigger()
    assert views[-1].spec.mistakes == ("zero-start",) and not views[-1].theta.any()
    action.trigger()
    start = read_example("mazur-2-2-2").start
    assert views[-1].spec.mistakes == () and np.array_equal(views[-1].theta, start)


@pytest.mark.parametrize(
    ("where", "refused"), [("pass", True), ("batch", True), ("update", True), ("start", False)]
)
def test_without_its_written_half_the_import_says_which_it_is(where: str, refused: bool) -> None:
    program = f"""
from msgspec.structs import replace
from engine.run.mistakes import MISTAKES
MISTAKES["carry-forgotten"] = replace(
    MISTAKES["wrong-sign"], key="carry-forgotten", where={where!r}
)
import engine.derivations.derive
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    last = done.stderr.strip().rpartition("\n")[2]
    expected = (
        'ImportError: the mistake "carry-forgotten" has no written half in '
        "engine/derivations/written/mistakes.py"
    )
    assert (done.returncode, last) == ((1, expected) if refused else (0, ""))


def test_no_other_file_knows_a_mistake_by_its_key() -> None:
    mine = (*KEYS, "half-rate", "zero-start")
    keys = "|".join(key for key in MISTAKES if key not in mine)
    named = {
        path.relative_to(ROOT).as_posix()
        for part in ("engine", "gui", "command_line")
        for path in (ROOT / part).rglob("*.py")
        if re.search(f'"({keys})"', path.read_text(encoding="utf-8"))
    }
    assert named == {"engine/run/mistakes.py", "engine/derivations/written/mistakes.py"}
