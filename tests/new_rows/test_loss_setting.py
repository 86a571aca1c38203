"""A loss that reads a setting which no table has: its rows are all that it needs."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from engine.derivations.derive import derive
from engine.derivations.record import Unit
from engine.derivations.written.losses import WRITTEN_LOSSES, Term, WrittenLoss
from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.format import json_schema
from engine.documents.reading import read_document, write_document
from engine.formulas.building import difference
from engine.formulas.formula import Number, Power, Product
from engine.learn.lessons.waits import read_task
from engine.maths.losses import LOSS_SETTINGS, LOSSES, Loss, LossSettings
from engine.maths.setting import Setting
from engine.run.edits import set_loss, set_loss_settings
from engine.run.gradient_check import check_gradient
from engine.run.iteration import iterate
from engine.run.spec import Spec, start_state
from engine.run.steps import StepId
from engine.training.trainer import Trainer
from gui.panels.network.panel import NetworkPanel
from gui.view import View
from gui.widgets.number_field import NumberField
from tests.gui.conftest import mazur_view, on_screen

__all__ = ["mazur_view"]  # a fixture
MakeView = Callable[..., View]

PRICE = Setting(
    key="price",
    title="price",
    label="Price p",
    brief="p",
    symbol="p",
    listed="price",
    default=2.0,
    high=100.0,
    limits="a price lies above 0 and below 100",
)
PRICED = Loss(
    key="priced_error",
    title="priced error",
    formula="p Σ (t − a)²",
    derivative="2 p (a − t)",
    terms=lambda z, a, t, price: price * (t - a) ** 2,
    slope=lambda a, t, price: 2.0 * price * (a - t),
    settings=("price",),
)


def _priced_term(unit: Unit) -> Term:
    square = Power(difference(unit.t, unit.a), Number(2.0))
    formula = Product((unit.record.loss_setting("price"), square))
    return Term(formula, formula, ())


WRITTEN_PRICED = WrittenLoss(
    key="priced_error",
    term=_priced_term,
    slope=lambda unit: Product(
        (Number(2.0), unit.record.loss_setting("price"), difference(unit.a, unit.t))
    ),
)


@pytest.fixture(autouse=True)
def new_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOSS_SETTINGS, "price", PRICE)
    monkeypatch.setitem(LOSSES, "priced_error", PRICED)
    monkeypatch.setitem(WRITTEN_LOSSES, "priced_error", WRITTEN_PRICED)


def priced(price: float) -> tuple[Spec, np.ndarray]:
    document = read_example("mazur-2-2-2")
    run = set_loss(document.spec, start_state(document.spec, document.start), "priced_error")
    spec, _ = set_loss_settings(*run, LossSettings({"price": price}))
    return spec, document.start


def test_it_is_derived_checked_and_trained() -> None:
    spec, start = priced(3.0)
    state = start_state(spec, start)
    assert check_gradient(spec, state).agrees
    trainer = Trainer(spec, state, 1)
    trainer.advance(iterations=3)
    first = iterate(spec, state)
    expected = first
    for _ in range(2):
        expected = iterate(spec, expected.next_state)
    np.testing.assert_array_equal(trainer.state.theta, expected.next_state.theta)
    text = derive(first, StepId("loss", "loss", 2, 0), 0).text
    assert text.startswith("E_o1 = p · (t_o1 − a_o1)² = 3 · ")


def test_it_goes_into_a_file_a_schema_and_a_lesson() -> None:
    spec, start = priced(3.0)
    data = write_document(Document(spec, start))
    assert json.loads(data)["loss_settings"] == {"price": 3.0}
    assert read_document(data).spec.loss_settings["price"] == 3.0
    limits = json_schema()["$defs"]["LossSettings"]["properties"]["price"]
    assert limits == {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 100}
    assert read_task("set price 0.5").sentence(spec) == "Set the price to 0.5 (on the left)."


def test_a_field_for_it_stands_below_the_loss(qtbot: QtBot, mazur_view: MakeView) -> None:
    panel = on_screen(qtbot, NetworkPanel(), 275, 700)
    panel.display(replace(mazur_view(), spec=priced(3.0)[0]))
    field = panel.findChild(NumberField, "price")
    assert field.isVisible() and field.text() == "3"
    assert not panel.findChild(NumberField, "delta").isVisible()
