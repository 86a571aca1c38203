"""The class map: which class the network gives over two inputs, and which samples are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from numpy.testing import assert_array_equal
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.maths.activations import Array
from engine.maths.backprop import forward
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.rescaling import scaling_for
from engine.run.spec import Data, Source, Spec, State
from engine.run.surface import data_range, grid_axis
from gui import theme
from gui.panels.result import ResultPanel
from gui.view import Curtain, View
from tests.gui.conftest import on_screen, view_of, xor_spec

NAMES = ("setosa", "versicolor", "virginica")
PLACES = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 4.0], [1.0, 1.0]])
# Each class is where its own line through the plane is the highest; the last sample is of another.
W, B = np.array([[-2.0, -1.0], [2.0, -1.0], [0.0, 2.0]]), np.array([5.0, -3.0, -4.0])
TARGETS = np.eye(3)[[0, 1, 2, 1]]


@pytest.fixture
def panel(qtbot: QtBot) -> ResultPanel:
    return on_screen(qtbot, ResultPanel(), 348, 380)


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    theme.apply(qapp, "light", 100)
    yield
    theme.apply(qapp, "light", 100)


def three(scaling: str = "", test: tuple[int, ...] = ()) -> View:
    network = Network(("x1", "x2"), (Layer(("o1", "o2", "o3"), "softmax"),))
    sources = tuple(Source("species", name) for name in NAMES)
    data = Data(PLACES, TARGETS, ("t1", "t2", "t3"), (), sources, np.array(test, dtype=np.intp))
    spec = Spec(network, "categorical_cross_entropy", "mean", Optimizer(), data)
    if scaling:
        spec = replace(spec, scaling=scaling_for(spec, scaling))
    return view_of(spec, State(network.theta([W], [B])))


def two(zero: str = "no", one: str = "yes") -> View:
    spec, state = xor_spec(inputs=2)
    data = replace(spec.data, target_sources=(Source("answer", one, zero),))
    return view_of(replace(spec, data=data), state)


def classes_seen(panel: ResultPanel) -> Array:
    return np.floor(panel.surface.plot.image.image)


def expected(view: View, cells: int) -> Array:
    xs, ys = (grid_axis(*data_range(view.spec, axis), cells) for axis in (0, 1))
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    if view.spec.scaling is not None:
        columns = view.spec.scaling.inputs
        points = np.stack([c.scaled(p) for c, p in zip(columns, points.T, strict=True)], axis=1)
    return forward(view.spec.network, view.theta, points).a[-1].argmax(axis=1).reshape(cells, cells)


def place(panel: ResultPanel, x: float, y: float) -> QPoint:
    plot = panel.surface.plot
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def pixel(panel: ResultPanel, x: float, y: float) -> QColor:
    at = panel.surface.plot.mapTo(panel, place(panel, x, y))
    return panel.grab().toImage().pixelColor(at)


def rung(panel: ResultPanel) -> set[tuple[float, float]]:
    """Where samples are that are shown to be wrong."""
    return {(x, y) for x, y in np.transpose(panel.surface.plot.points.rings_of_wrong.getData())}


def in_menu(panel: ResultPanel, qtbot: QtBot, choose: str = "") -> list[str]:
    qtbot.mouseClick(panel.output_button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    actions = [each for each in menu.actions() if not each.isSeparator()]
    found = [("✓" if each.isChecked() else "") + each.text() for each in actions]
    for action in actions:
        if action.text() == choose:
            action.trigger()
    menu.close()
    return found


def hover(panel: ResultPanel, x: float, y: float) -> str:
    QApplication.processEvents()  # where everything stands
    QTest.mouseMove(panel.surface.plot.viewport(), place(panel, x, y))
    QApplication.processEvents()
    return panel.surface.plot.read_out.text


def is_near(colour: QColor, other: QColor) -> bool:
    """Whether two colours have about the same hue."""
    apart = abs(colour.hslHue() - other.hslHue())
    return min(apart, 360 - apart) < 12


@pytest.mark.parametrize("scaling", ["", "standard"])
def test_targets_that_are_classes_are_shown_as_a_map_of_them(
    panel: ResultPanel, scaling: str
) -> None:
    view = three(scaling)
    panel.display(view)
    assert panel.title.text() == "Class map"
    assert_array_equal(classes_seen(panel), expected(view, 100))
    assert len(np.unique(classes_seen(panel))) >= 2
    panel.display(replace(view, theta=view.theta * 1.5, training=True))
    assert_array_equal(classes_seen(panel), expected(replace(view, theta=view.theta * 1.5), 50))


@pytest.mark.parametrize("name", theme.THEMES)
def test_each_class_has_its_colour_and_its_name(
    qapp: QApplication, panel: ResultPanel, name: str
) -> None:
    theme.apply(qapp, name)
    panel.restyle()
    panel.display(three())
    colours = [QColor(each) for each in theme.current().classes]
    for number, (x, y) in enumerate([(-0.2, 1.0), (4.2, 1.0), (0.5, 4.2)]):
        seen = [pixel(panel, x + step, y) for step in (0.0, 0.03, 0.06, 0.09)]
        assert any(is_near(each, colours[number]) for each in seen)
        assert max(each.lightness() for each in seen) != 255
    assert panel.surface.legend.isVisible() and not panel.surface.colour_bar.isVisible()
    assert panel.surface.legend.names == NAMES
    assert "setosa, versicolor, virginica" in panel.surface.legend.accessibleName()
    assert panel.surface.rect().contains(panel.surface.legend.geometry())


def test_it_is_deeper_where_the_network_is_surer(panel: ResultPanel) -> None:
    panel.display(three())
    border, inside = pixel(panel, 2.05, -0.3), pixel(panel, 4.3, -0.3)
    assert border.lightness() > inside.lightness() + 30


def test_samples_have_the_colour_of_their_class_and_a_ring_where_they_are_wrong(
    panel: ResultPanel,
) -> None:
    view = three()
    panel.display(view)
    colours = [QColor(each).name() for each in theme.current().classes]
    discs = [spot.brush().color().name() for spot in panel.surface.plot.points.discs.points()]
    assert discs == [colours[number] for number in (0, 1, 2, 1)]
    assert rung(panel) == {(1.0, 1.0)}
    turned = view_of(view.spec, State(-view.theta))
    panel.display(turned)
    assert len(rung(panel)) == 3
    panel.display(replace(turned, evaluation=None))  # being worked out
    assert rung(panel) == set()


def test_samples_kept_out_of_training_are_hollow(panel: ResultPanel) -> None:
    panel.display(three(test=(1,)))
    spots = panel.surface.plot.points.discs.points()
    colours = theme.current()
    assert spots[1].brush().color() == colours.colour("card")
    assert spots[1].pen().color().name() == colours.classes[1]
    assert spots[0].brush().color().name() == colours.classes[0]


def test_an_output_can_be_shown_instead_and_the_map_again(
    qtbot: QtBot, panel: ResultPanel
) -> None:
    panel.display(three())
    names = [f"o{k + 1} · {name}" for k, name in enumerate(NAMES)]
    assert in_menu(panel, qtbot, names[1]) == ["✓Class map", *names]
    assert panel.title.text() == "Decision surface"
    assert panel.surface.colour_bar.isVisible() and not panel.surface.legend.isVisible()
    assert panel.surface.plot.image.image.max() <= 1.0
    assert rung(panel) == {(1.0, 1.0)}  # wrong is wrong
    assert in_menu(panel, qtbot, "Class map") == ["Class map", names[0], f"✓{names[1]}", names[2]]
    assert panel.title.text() == "Class map"


def test_what_the_network_says_is_read_out_under_the_pointer(panel: ResultPanel) -> None:
    panel.display(three())
    text = hover(panel, 3.5, 1.0)
    assert "versicolor" in text and "(3.5" in text
    # e^(2·3.5 − 1 − 3) = e³ against e^(−2·3.5 − 1 + 5) = e⁻³ and e^(2 − 4) = e⁻²
    assert float(text.split()[-1]) == pytest.approx(
        np.exp(3) / (np.exp(3) + np.exp(-3) + np.exp(-2)), abs=0.01
    )
    text = hover(panel, 1.0, 1.0)
    assert "sample 4 · versicolor" in text and "wrong: setosa" in text
    text = hover(panel, 4.0, 0.0)
    assert "sample 2 · versicolor" in text and "wrong" not in text
    QApplication.sendEvent(panel.surface.plot, QEvent(QEvent.Type.Leave))
    assert panel.surface.plot.read_out.text == ""


def test_a_screen_reader_hears_what_is_seen(panel: ResultPanel) -> None:
    panel.display(replace(three(), sample=3))
    plot = panel.surface.plot
    assert plot.accessibleName() == "Class map"
    assert "setosa, versicolor and virginica" in plot.accessibleDescription()
    assert "3 of 4 samples are right" in plot.accessibleDescription()
    assert "sample 4 · versicolor: wrong: setosa, 0.96" in plot.accessibleDescription()


def test_two_classes_that_share_an_output_have_a_map_where_they_have_names(
    qtbot: QtBot, panel: ResultPanel, xor_view: Callable[..., View]
) -> None:
    panel.display(two())
    assert panel.title.text() == "Class map"
    assert panel.surface.legend.names == ("no", "yes")
    assert in_menu(panel, qtbot) == ["✓Class map", "o · yes"]
    panel.display(xor_view())
    assert panel.title.text() == "Decision surface"
    assert not panel.output_button.isVisible()


def test_without_names_those_that_are_wrong_are_ringed_too(
    panel: ResultPanel, xor_view: Callable[..., View]
) -> None:
    view = xor_view()
    panel.display(view)
    assert view.evaluation is not None
    wrong = (view.evaluation.outputs >= 0.5) != (view.spec.data.targets >= 0.5)
    assert rung(panel) == {(x, y) for x, y in view.spec.data.inputs[wrong[:, 0]]}


def test_nothing_of_it_is_seen_while_outputs_are_to_be_predicted(panel: ResultPanel) -> None:
    view = three()
    panel.display(view)
    panel.display(view.behind(Curtain(("activations",))))
    assert not panel.surface.plot.isVisible() and not panel.surface.legend.isVisible()
    assert not panel.output_button.isVisible()
    panel.display(view)
    assert panel.surface.plot.isVisible() and panel.surface.legend.isVisible()


@pytest.mark.parametrize("name", theme.THEMES)
def test_samples_of_no_class_have_a_look_and_a_word_of_their_own(
    qapp: QApplication, panel: ResultPanel, name: str
) -> None:
    theme.apply(qapp, name)
    panel.restyle()
    view, legend = three(test=(3,)), panel.surface.legend
    panel.display(view)
    assert legend.entries == (*NAMES, "wrong")
    assert "no class" not in legend.accessibleDescription()
    targets = TARGETS.copy()
    targets[2] = 0.0
    spec = replace(view.spec, data=replace(view.spec.data, targets=targets))
    panel.display(view_of(spec, State(view.theta)))
    assert legend.entries == (*NAMES, "no class", "wrong")
    assert "grey square" in legend.accessibleDescription()
    looks = panel.surface.plot.points.discs.data
    assert looks["symbol"].tolist() == ["o", "o", "s", "o"]
    spot = looks["brush"][2].color()
    others = (theme.current().card, *theme.current().classes)
    assert spot not in map(QColor, others)
    assert "sample 3 · no class" in hover(panel, 2.0, 4.0)
    assert "of 3 samples are right. Of no class: 1 sample." in (
        panel.surface.plot.accessibleDescription()
    )


def test_what_is_no_number_has_no_class(panel: ResultPanel) -> None:
    view = three()
    panel.display(replace(view, theta=np.full_like(view.theta, np.nan)))
    assert np.isnan(panel.surface.plot.image.image).all()
    panel.grab()
    assert hover(panel, 3.5, 1.0).endswith("– –")


def test_with_high_contrast_each_class_has_a_pattern(
    qapp: QApplication, panel: ResultPanel
) -> None:
    panel.display(three())
    assert not panel.surface.plot.hatching.isVisible()
    theme.apply(qapp, "contrast")
    panel.restyle()
    picture = panel.grab().toImage()
    # Lines cross the second class, none the first.
    for (x, y), has_lines in (((4.2, 1.0), True), ((-0.3, 1.0), False)):
        at = panel.surface.plot.mapTo(panel, place(panel, x, y))
        row = [picture.pixelColor(at.x(), at.y() + step).lightness() for step in range(12)]
        assert (max(row) - min(row) > 40) is has_lines


@pytest.mark.parametrize(("width", "height"), [(348, 380), (280, 400), (700, 200), (250, 190)])
def test_the_legend_has_room_whatever_the_size(
    panel: ResultPanel, width: int, height: int
) -> None:
    spec = three().spec
    names = tuple(f"class number {k + 1}" for k in range(10))
    network = Network(("x1", "x2"), (Layer(names, "softmax"),))
    places = np.random.default_rng(0).uniform(size=(20, 2))
    data = Data(places, np.eye(10)[np.arange(20) % 10], names)
    spec = replace(spec, network=network, data=data)
    panel.resize(width, height)
    panel.display(view_of(spec, State(np.zeros(network.size))))
    QApplication.processEvents()
    view = panel.surface
    assert view.legend.names == names
    assert view.rect().contains(view.legend.geometry())
    assert not view.legend.geometry().intersects(view.plot.geometry())
    assert view.legend.size_of(True).width() <= view.width()
    assert view.plot.width() >= 100 and view.plot.height() >= 40


def bar_in(panel: ResultPanel, colour: str) -> bool:
    """Whether there is a bar of about this colour, and not only an edge."""
    picture = panel.grab().toImage()
    found = [
        picture.pixelColor(x, y)
        for x in range(0, picture.width(), 2)
        for y in range(0, picture.height(), 2)
    ]
    bars = [each for each in found if 100 < each.lightness() < 215 and each.hslSaturation() > 60]
    return sum(is_near(each, QColor(colour)) for each in bars) > 200


def test_the_bars_have_the_colours_of_the_map_and_say_which_class_is_given(
    panel: ResultPanel,
) -> None:
    view = three()
    panel.switch_button.click()
    panel.display(view)
    panel.switch_button.click()
    assert panel.showing == "outputs"
    assert panel.outputs.accessibleDescription().startswith("given: setosa, which is right; ")
    colours = theme.current().classes
    assert bar_in(panel, colours[0]) and not bar_in(panel, colours[2])
    right = panel.grab().toImage()
    panel.display(view_of(view.spec, State(view.theta), sample=3))
    assert panel.outputs.accessibleDescription().startswith("given: setosa, which is wrong; ")
    assert panel.grab().toImage() != right
    panel.display(view_of(view.spec, State(view.theta), sample=2))
    assert bar_in(panel, colours[2]) and not bar_in(panel, colours[0])


def test_the_bar_of_two_classes_says_which_one(panel: ResultPanel) -> None:
    view = two()
    panel.display(view)
    panel.switch_button.click()
    value = float(view.sample_pass.a[-1][0])
    name, word = ("yes", "wrong") if value >= 0.5 else ("no", "right")
    assert panel.outputs.accessibleDescription().startswith(f"given: {name}, which is {word}; ")


def test_of_a_picture_the_axes_are_the_pixels_that_vary_most(panel: ResultPanel) -> None:
    names = ("p1", "p2", "p3", "p4")
    network = Network(names, (Layer(("a", "b"), "softmax"),))
    inputs = np.random.default_rng(0).uniform(size=(9, 4)) * [0.0, 3.0, 1.0, 4.0]
    data = Data(inputs, np.eye(2)[np.arange(9) % 2], ("a", "b"), picture=(2, 2))
    spec = Spec(network, "categorical_cross_entropy", "mean", Optimizer(), data)
    panel.display(view_of(spec, State(np.zeros(network.size))))
    panel.show_answers()
    assert (panel.surface.plot.x_axis.name, panel.surface.plot.y_axis.name) == ("p2", "p4")
