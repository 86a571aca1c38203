"""The card of results: surface, curve, outputs, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, sample_pass
from engine.run.spec import Data, Spec, State, start_state
from engine.run.surface import data_range, grid_axis
from engine.training.trainer import Trainer
from gui import theme
from gui.panels.result import ResultPanel
from gui.view import View
from tests.gui.conftest import on_screen

MakeView = Callable[..., View]


@pytest.fixture
def panel(qtbot: QtBot) -> ResultPanel:
    return on_screen(qtbot, ResultPanel(), 348, 380)


def view_of(spec: Spec, theta: Array | None = None, **rest: object) -> View:
    state = start_state(spec, theta)
    return View(
        spec=spec,
        theta=state.theta,
        t=0,
        revealed=0,
        sample=0,
        sample_pass=sample_pass(spec, state.theta, 0),
        iteration=None,
        evaluation=evaluate(spec, state.theta),
        curve=np.empty((0, 2)),
        **rest,  # type: ignore[arg-type]
    )


def spec_of(
    sizes: tuple[int, ...], inputs: Array, targets: Array, output: str = "sigmoid"
) -> Spec:
    names, *layers = default_unit_names(sizes)
    activations = ["tanh"] * (len(layers) - 1) + [output]
    network = Network(
        names, tuple(Layer(units, a) for units, a in zip(layers, activations, strict=True))
    )
    columns = tuple(f"t{k}" for k in range(sizes[-1]))
    return Spec(
        network, "half_squared_error", "sum", Optimizer(), Data(inputs, targets, columns),
        initializer="uniform_pm_1", seed=1,
    )


def trained(view: View, t: int) -> View:
    theta = Trainer(view.spec, State(view.theta)).advance(iterations=t).state.theta
    return replace(view, theta=theta, t=t, evaluation=evaluate(view.spec, theta))


def expected_surface(
    view: View, cells: int, axes: tuple[int, int] = (0, 1), held: float = 0.0, output: int = 0
) -> Array:
    xs, ys = (grid_axis(*data_range(view.spec, axis), cells) for axis in axes)
    points = np.full((cells, cells, len(view.spec.network.inputs)), held)
    points[:, :, axes[0]] = xs[np.newaxis, :]
    points[:, :, axes[1]] = ys[:, np.newaxis]
    flat = points.reshape(cells * cells, -1)
    values = forward(view.spec.network, view.theta, flat).a[-1][:, output]
    return values.reshape(cells, cells)


def image(panel: ResultPanel) -> Array:
    return panel.surface.plot.image.image


def pixel(panel: ResultPanel, x: float, y: float) -> QColor:
    """The colour that is seen at a point of the surface."""
    plot = panel.surface.plot
    place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))
    return panel.grab().toImage().pixelColor(plot.mapTo(panel, place))


def choose(qtbot: QtBot, button: QWidget, *path: str) -> None:
    """Open a button's menu and take an entry of it or of a menu inside."""
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    inside = menu
    for name in path[:-1]:
        inside = entry(inside.actions(), name).menu()
    entry(inside.actions(), path[-1]).trigger()
    menu.close()


def entry(actions: list[QAction], name: str) -> QAction:
    return next(action for action in actions if action.text() == name)


# The surface


def test_the_surface_is_the_output_of_the_engine(panel: ResultPanel, xor_view: MakeView) -> None:
    view = trained(xor_view(hidden=4), 5_000)
    panel.display(view)
    assert panel.showing == "surface"
    assert panel.title.text() == "Decision surface"
    assert_allclose(image(panel), expected_surface(view, 100), rtol=2e-5, atol=1e-6)


def test_low_is_orange_and_high_is_blue(panel: ResultPanel, xor_view: MakeView) -> None:
    panel.display(trained(xor_view(hidden=4), 12_000))
    low, high = pixel(panel, -0.18, -0.18), pixel(panel, 1.18, -0.18)
    assert low.red() > 200 > 80 > low.blue()
    assert high.blue() > 150 > 80 > high.red()


def test_levels_are_fixed_however_flat_the_surface(
    panel: ResultPanel, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(replace(view, theta=np.zeros_like(view.theta)))  # every output is 0.5
    assert_array_equal(panel.surface.plot.image.levels, [0.0, 1.0])
    middle = pixel(panel, 0.5, 0.5)
    assert min(middle.red(), middle.green(), middle.blue()) > 245
    assert panel.surface.colour_bar.texts() == ("0", "0.5", "1")


def test_levels_of_other_activations(panel: ResultPanel) -> None:
    inputs, targets = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[-4.0], [6.0]])
    panel.display(view_of(spec_of((2, 2, 1), inputs, targets, "tanh")))
    assert panel.surface.colour_bar.texts() == ("−1", "0", "1")
    panel.display(view_of(spec_of((2, 2, 1), inputs, targets, "linear")))
    assert panel.surface.colour_bar.texts() == ("≤ −4", "1", "≥ 6")
    assert_array_equal(panel.surface.plot.image.levels, [-4.0, 6.0])


def test_samples_lie_where_they_belong(panel: ResultPanel, xor_view: MakeView) -> None:
    panel.display(replace(xor_view(), sample=2))
    points = panel.surface.plot.points
    assert_array_equal(points.discs.getData(), [[0, 0, 1, 1], [0, 1, 0, 1]])
    zeros, ones = points.signs
    assert_array_equal(zeros.getData(), [[0, 1], [0, 1]])
    assert_array_equal(ones.getData(), [[0, 1], [1, 0]])
    assert {tuple(place) for place in np.transpose(points.ring.getData())} == {(1.0, 0.0)}
    panel.display(replace(xor_view(), sample=3))
    assert {tuple(place) for place in np.transpose(points.ring.getData())} == {(1.0, 1.0)}


def test_of_many_samples_some_are_drawn(panel: ResultPanel) -> None:
    inputs = np.random.default_rng(0).normal(size=(5_000, 2))
    panel.display(view_of(spec_of((2, 2, 1), inputs, inputs[:, :1])))
    assert len(panel.surface.plot.points.discs.getData()[0]) == 1000


def test_axes_are_named_and_numbered(panel: ResultPanel, xor_view: MakeView) -> None:
    panel.display(xor_view())
    plot = panel.surface.plot
    assert [text for _, text in plot.x_axis.ticks()] == ["0", "1"]
    assert plot.x_axis.name == "x1"
    assert plot.y_axis.name == "x2"


@pytest.mark.parametrize(("width", "height"), [(420, 260), (280, 400), (700, 200), (300, 300)])
def test_where_both_inputs_have_one_scale_a_unit_is_as_long_across_as_up(
    panel: ResultPanel, xor_view: MakeView, width: int, height: int
) -> None:
    panel.resize(width, height)
    panel.display(xor_view())
    QApplication.processEvents()
    plot, bar = panel.surface.plot, panel.surface.colour_bar
    box = plot.box.sceneBoundingRect()
    assert abs(box.width() - box.height()) <= 1.0
    assert not plot.geometry().intersects(bar.geometry())
    assert panel.surface.rect().contains(plot.geometry().united(bar.geometry()))
    # It is as large as it can be: no room for both is left in either direction.
    room, taken = panel.surface.rect(), plot.geometry().united(bar.geometry())
    assert min(room.width() - taken.width(), room.height() - taken.height()) <= 2


def test_inputs_of_different_scales_fill_the_card(panel: ResultPanel) -> None:
    inputs = np.random.default_rng(0).uniform(size=(20, 2)) * [1.0, 100.0]
    panel.resize(600, 260)
    panel.display(view_of(spec_of((2, 2, 1), inputs, inputs[:, :1])))
    QApplication.processEvents()
    box, view = panel.surface.plot.box.sceneBoundingRect(), panel.surface
    taken = view.plot.geometry().united(view.colour_bar.geometry())
    assert taken == view.rect()
    assert box.width() > 1.2 * box.height()


def test_coarse_while_training_and_fine_at_rest(panel: ResultPanel, xor_view: MakeView) -> None:
    start = replace(xor_view(), training=True)
    panel.display(start)
    assert_allclose(image(panel), expected_surface(start, 50), rtol=2e-5, atol=1e-6)
    later = replace(trained(start, 200), training=True)
    panel.display(later)
    assert_allclose(image(panel), expected_surface(later, 50), rtol=2e-5, atol=1e-6)
    panel.display(replace(later, training=False))
    assert_allclose(image(panel), expected_surface(later, 100), rtol=2e-5, atol=1e-6)


def test_a_large_network_waits_for_the_pause(qtbot: QtBot, panel: ResultPanel) -> None:
    inputs = np.random.default_rng(0).normal(size=(20, 2))
    spec = spec_of((2, 512, 512, 512, 1), inputs, (inputs[:, :1] > 0) * 1.0)
    view = view_of(spec)
    plot = panel.surface.plot
    panel.display(replace(view, training=True))
    assert not plot.image.isVisible()
    assert plot.note.isVisible()
    panel.display(view)
    qtbot.waitUntil(
        lambda: plot.image.isVisible() and not np.isnan(image(panel)).any(), timeout=60_000
    )
    cells = len(image(panel))
    assert cells >= 40
    assert_allclose(image(panel), expected_surface(view, cells), rtol=1e-3, atol=1e-4)
    assert not plot.note.isVisible()


def test_the_last_surface_stays_paler_while_there_is_no_time_for_another(
    qtbot: QtBot, panel: ResultPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = np.random.default_rng(0).normal(size=(20, 2))
    view = view_of(spec_of((2, 512, 512, 512, 1), inputs, (inputs[:, :1] > 0) * 1.0))
    plot = panel.surface.plot
    panel.display(view)
    qtbot.waitUntil(
        lambda: plot.image.isVisible() and not np.isnan(image(panel)).any(), timeout=60_000
    )
    last = image(panel).copy()
    with monkeypatch.context() as patch:
        patch.setattr("gui.plots.surface_plot._PATIENCE", 0.0)  # however fast the machine is
        panel.display(replace(view, theta=view.theta * 1.01, training=True))
    assert plot.image.isVisible() and plot.image.opacity() < 0.6
    assert_array_equal(image(panel), last)
    assert plot.note.isVisible()
    assert plot.note.zValue() > max(item.zValue() for item in (plot.points.discs, plot.points.ring))
    assert plot.note.fill.color() == theme.current().colour("card")
    panel.display(replace(view, theta=view.theta * 1.01))
    qtbot.waitUntil(lambda: plot.image.opacity() == 1.0, timeout=60_000)
    assert not plot.note.isVisible()


def test_an_overflowing_network_is_no_error(panel: ResultPanel, xor_view: MakeView) -> None:
    view = xor_view()
    panel.display(replace(view, theta=np.full_like(view.theta, np.nan)))
    assert np.isnan(image(panel)).all()
    panel.grab()


def test_the_theme_reaches_the_surface(
    qapp: QApplication, panel: ResultPanel, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(replace(view, theta=np.zeros_like(view.theta)))
    theme.apply(qapp, "dark")
    panel.restyle()
    middle = pixel(panel, 0.5, 0.5)
    neutral = theme.THEMES["dark"].colour("neutral")
    assert abs(middle.lightness() - neutral.lightness()) < 6


# More inputs, one input


def test_other_inputs_are_held_at_their_mean(panel: ResultPanel, xor_view: MakeView) -> None:
    view = xor_view(inputs=3)
    data = Data(view.spec.data.inputs + [0.0, 0.0, 1.0], view.spec.data.targets, ("t",))
    view = view_of(replace(view.spec, data=data))
    panel.display(view)
    assert list(panel.held.fields) == [2]
    assert panel.held.fields[2].value == 1.0
    assert panel.held.isVisible()
    assert_allclose(image(panel), expected_surface(view, 100, held=1.0), rtol=2e-5, atol=1e-6)


def test_a_held_input_can_be_chosen(
    qtbot: QtBot, panel: ResultPanel, xor_view: MakeView
) -> None:
    view = xor_view(inputs=3)
    panel.display(view)
    field = panel.held.fields[2]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "-2,5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert_allclose(image(panel), expected_surface(view, 100, held=-2.5), rtol=2e-5, atol=1e-6)
    panel.display(trained(view, 10))
    assert field.value == -2.5


def test_axes_can_be_chosen(
    qtbot: QtBot, panel: ResultPanel, xor_view: MakeView
) -> None:
    view = xor_view(inputs=3)
    panel.display(view)
    choose(qtbot, panel.axes_button, "Up", "x3")
    assert panel.axes_button.text() == "x1 × x3 ▾"
    assert list(panel.held.fields) == [1]
    expected = expected_surface(view, 100, axes=(0, 2), held=0.5)
    assert_allclose(image(panel), expected, rtol=2e-5, atol=1e-6)
    choose(qtbot, panel.axes_button, "Across", "x3")  # the two change places
    assert panel.axes_button.text() == "x3 × x1 ▾"


def test_without_a_choice_there_is_no_chooser(panel: ResultPanel, xor_view: MakeView) -> None:
    panel.display(xor_view())
    assert not panel.axes_button.isVisible()
    assert not panel.output_button.isVisible()
    assert not panel.held.isVisible()


def test_the_output_can_be_chosen(qtbot: QtBot, panel: ResultPanel) -> None:
    inputs = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    view = view_of(spec_of((2, 3, 3), inputs, np.eye(3)))
    panel.display(view)
    choose(qtbot, panel.output_button, "o3")
    assert panel.output_button.text() == "o3 ▾"
    assert_allclose(image(panel), expected_surface(view, 100, output=2), rtol=2e-5, atol=1e-6)
    assert_array_equal(panel.surface.plot.points.signs[1].getData(), [[1.0], [1.0]])


def test_choices_outlive_a_smaller_network(
    qtbot: QtBot, panel: ResultPanel, xor_view: MakeView
) -> None:
    inputs = np.zeros((2, 4)) + [[0.0], [1.0]]
    panel.display(view_of(spec_of((4, 3, 3), inputs, np.zeros((2, 3)))))
    choose(qtbot, panel.output_button, "o3")
    choose(qtbot, panel.axes_button, "Across", "x4")
    view = xor_view()
    panel.display(view)
    assert_allclose(image(panel), expected_surface(view, 100), rtol=2e-5, atol=1e-6)


def test_one_input_makes_a_curve(panel: ResultPanel) -> None:
    inputs = np.linspace(-3.0, 3.0, 25)[:, np.newaxis]
    view = trained(view_of(spec_of((1, 4, 1), inputs, np.sin(inputs), "linear")), 50)
    panel.display(view)
    assert panel.showing == "curve"
    xs, values = panel.curve.curve.getData()
    assert (xs[0], xs[-1]) > data_range(view.spec, 0)[:1]
    expected = forward(view.spec.network, view.theta, xs[:, np.newaxis]).a[-1][:, 0]
    assert_allclose(values, expected, rtol=2e-5, atol=1e-6)
    assert_array_equal(panel.curve.points.discs.getData(), [inputs[:, 0], np.sin(inputs[:, 0])])
    assert panel.switch_button.text() == "outputs"


# Outputs and targets


def test_one_sample_shows_outputs_and_targets(panel: ResultPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view())
    assert panel.title.text() == "Outputs and targets"
    assert panel.outputs.isVisible()
    assert panel.outputs.texts() == [
        "o1: a 0.751365   t 0.01   E 0.274811",
        "o2: a 0.772928   t 0.99   E 0.0235600",
    ]


def colour_along(panel: ResultPanel, share: float) -> QColor:
    """The colour of the first bar at a share of its length, a little below its upper edge."""
    area = panel.outputs.findChild(QScrollArea)
    assert area is not None
    left, right = area.widget().track()
    place = area.widget().mapTo(panel, QPoint(round(left + share * (right - left)), 0))
    picture, card = panel.grab().toImage(), theme.current().colour("card")
    column = (picture.pixelColor(place.x(), y) for y in range(place.y(), picture.height()))
    coloured = [colour for colour in column if colour != card]
    return coloured[8]


def test_bars_reach_as_far_as_the_outputs(panel: ResultPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view())
    blue, empty = colour_along(panel, 0.72), colour_along(panel, 0.78)
    assert blue.blue() - blue.red() > 40
    assert empty == theme.current().colour("sunken")
    assert colour_along(panel, 0.01) == theme.current().colour("accent")  # the target


def test_the_shown_sample_is_the_views(panel: ResultPanel, xor_view: MakeView) -> None:
    view = xor_view()
    panel.display(view)
    panel.switch_button.click()
    assert panel.outputs.texts()[0].startswith("o: a ")
    assert "t 0 " in panel.outputs.texts()[0]
    panel.display(replace(view, sample=1, sample_pass=sample_pass(view.spec, view.theta, 1)))
    assert "t 1 " in panel.outputs.texts()[0]


def test_many_outputs_scroll(qtbot: QtBot, panel: ResultPanel) -> None:
    targets = np.linspace(0.0, 1.0, 40)[np.newaxis]
    panel.display(view_of(spec_of((2, 40), np.ones((1, 2)), targets)))
    area = panel.outputs.findChild(QScrollArea)
    assert area is not None
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    before = panel.outputs.grab().toImage()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert panel.outputs.grab().toImage() != before


def test_the_link_changes_to_the_other_and_back(
    qtbot: QtBot, panel: ResultPanel, mazur_view: MakeView
) -> None:
    view = mazur_view()
    panel.display(view)
    qtbot.mouseClick(panel.switch_button, Qt.MouseButton.LeftButton)
    assert panel.surface.isVisible()
    assert_allclose(image(panel), expected_surface(view, 100), rtol=2e-5, atol=1e-6)
    assert panel.switch_button.text() == "outputs"
    qtbot.mouseClick(panel.switch_button, Qt.MouseButton.LeftButton)
    assert panel.outputs.isVisible()


def test_each_kind_of_data_keeps_its_own_choice(
    panel: ResultPanel, mazur_view: MakeView, xor_view: MakeView
) -> None:
    panel.display(xor_view())
    panel.switch_button.click()
    assert panel.showing == "outputs"
    panel.display(mazur_view())
    panel.switch_button.click()
    assert panel.showing == "surface"
    panel.display(xor_view())
    assert panel.showing == "outputs"


@pytest.mark.parametrize("width, height", [(348, 380), (300, 180), (700, 200)])
def test_the_head_fits_whatever_the_names(
    panel: ResultPanel, width: int, height: int
) -> None:
    spec = spec_of((4, 2, 3), np.eye(4), np.zeros((4, 3)))
    names = tuple(f"a rather long name of input {k}" for k in range(4))
    network = replace(spec.network, inputs=names)
    panel.resize(width, height)
    panel.display(view_of(replace(spec, network=network)))
    QApplication.processEvents()
    assert (panel.width(), panel.height()) == (width, height)
    right = 0
    for widget in (panel.title, panel.output_button, panel.axes_button, panel.switch_button):
        left = widget.mapTo(panel, QPoint(0, 0)).x()
        assert left >= right
        assert widget.width() >= widget.sizeHint().width()
        right = left + widget.width()
    assert right <= width
