"""Actions: what the monkey can do. Each is a name and a number, and all it does follows from the
number and from what the window shows."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMenu, QSlider, QWidget

from engine.documents.examples import example_names
from gui import theme
from gui.canvas.spots import Spot
from gui.tables.number_table import NumberTable
from tests.gui.monkey.hands import NAMES, TEXTS, Hands

Key, Held = Qt.Key, Qt.KeyboardModifier
_CONTROL, _SHIFT = Held.ControlModifier, Held.ShiftModifier

# Pressed wherever the focus is; T, which trains, is an action of its own.
_KEYS: tuple[tuple[Key, tuple[Held, ...]], ...] = (
    *((key, ()) for key in (
        Key.Key_Space, Key.Key_PageDown, Key.Key_PageUp, Key.Key_E, Key.Key_R, Key.Key_Tab,
        Key.Key_Backtab, Key.Key_Return, Key.Key_Escape, Key.Key_Left, Key.Key_Right, Key.Key_Up,
        Key.Key_Down, Key.Key_Home, Key.Key_End, Key.Key_Delete, Key.Key_Backspace, Key.Key_F2,
        Key.Key_0, Key.Key_5, Key.Key_Minus, Key.Key_Period, Key.Key_F1,
    )),
    *((key, (_CONTROL,)) for key in (
        Key.Key_A, Key.Key_C, Key.Key_V, Key.Key_P, Key.Key_G, Key.Key_B, Key.Key_L,
        Key.Key_PageDown, Key.Key_PageUp, Key.Key_Return, Key.Key_N, Key.Key_O, Key.Key_Z,
        Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_0, Key.Key_Plus, Key.Key_Minus, Key.Key_F11,
    )),
    (Key.Key_F11, ()),
    (Key.Key_T, (_SHIFT,)),
    *((key, (_SHIFT,)) for key in (Key.Key_PageDown, Key.Key_PageUp)),
)  # fmt: skip
_STEPS = ((Key.Key_PageDown, ()), (Key.Key_PageDown, (_SHIFT,)), (Key.Key_PageDown, (_CONTROL,)))
_ENDINGS = (Key.Key_Return, Key.Key_Tab, Key.Key_Escape, Key.Key_PageDown, Key.Key_PageUp, None)
_PLOT_KEYS = (
    Key.Key_Plus, Key.Key_Minus, Key.Key_0, Key.Key_Left, Key.Key_Right, Key.Key_Home, Key.Key_End,
)  # fmt: skip
# What opens the field of the number that was clicked: a key, or a second click.
_OPENINGS = (None, None, Key.Key_Return, Key.Key_F2, Key.Key_5, Key.Key_Minus)


class Action(NamedTuple):
    """Something to do; written as name:number."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}:{self.number}"

    def do(self, hands: Hands) -> None:
        """Do it."""
        random = Random(self.number)
        hands.take_up(random)
        _DEEDS[self.name][1](hands, random)


def drawn(random: Random, count: int) -> list[Action]:
    """So many actions."""
    names = list(_DEEDS)
    weights = [weight for weight, _ in _DEEDS.values()]
    chosen = random.choices(names, weights, k=count)
    return [Action(name, random.randrange(1_000_000)) for name in chosen]


def read(text: str) -> list[Action]:
    """Actions as they were printed."""
    parts = (word.partition(":") for word in text.split())
    return [Action(name, int(number)) for name, _, number in parts]


def _key(hands: Hands, random: Random) -> None:
    key, held = random.choice(_KEYS)
    hands.press(key, *held)


def _step(hands: Hands, random: Random) -> None:
    hands.window.canvas.setFocus()
    key, held = random.choice(_STEPS)
    for _ in range(random.randrange(1, 6)):
        hands.press(key, *held)


def _back(hands: Hands, random: Random) -> None:
    hands.window.canvas.setFocus()
    key = random.choice(((), (_SHIFT,), (_CONTROL,)))
    for _ in range(random.randrange(1, 4)):
        hands.press(Key.Key_PageUp, *key)


def _train(hands: Hands, random: Random) -> None:
    hands.window.canvas.setFocus()
    hands.press(Key.Key_T)


def _play(hands: Hands, random: Random) -> None:
    hands.window.canvas.setFocus()
    hands.press(Key.Key_P)
    hands.press(Key.Key_P)


def _anywhere(hands: Hands, random: Random) -> tuple[QWidget, QPoint]:
    """A place in the window: by its area, or in a widget, however small."""
    widget: QWidget = hands.window
    if random.random() < 0.5:
        widget = random.choice(hands.seen(QWidget)) or widget
        if widget.isWindow():
            widget = hands.window
    point = hands.point_in(widget)
    inner = widget.childAt(point)
    return (widget, point) if inner is None else (inner, inner.mapFrom(widget, point))


def _click(hands: Hands, random: Random) -> None:
    widget, point = _anywhere(hands, random)
    hands.click(widget, point, double=random.random() < 0.2)
    hands.choose_from_popup()


def _button(hands: Hands, random: Random) -> None:
    button = hands.any_of(hands.seen(QAbstractButton))
    if button is not None:  # with the network alone there may be none
        hands.click(button)
    hands.choose_from_popup()


def _drag(hands: Hands, random: Random) -> None:
    widget, point = _anywhere(hands, random)
    hands.drag(widget, point, hands.point_in(widget))


def _wheel(hands: Hands, random: Random) -> None:
    widget, point = _anywhere(hands, random)
    hands.wheel(widget, point, random.choice((-3, -1, 1, 3)), random.random() < 0.3)


def _context(hands: Hands, random: Random) -> None:
    hands.ask_for_menu(*_anywhere(hands, random))


def _menu(hands: Hands, random: Random) -> None:
    menus = [action.menu() for action in hands.window.menuBar().actions()]
    hands.choose_from_menu(random.choice([menu for menu in menus if isinstance(menu, QMenu)]))


def _spot(hands: Hands, random: Random) -> Spot:
    network = hands.window.session.spec.network
    layer = random.randrange(network.depth + 1)
    unit = random.randrange(network.sizes[layer])
    if layer == 0:
        return Spot("unit", 0, unit)
    kind = random.choice(("unit", "bias", "weight", "weight", "target", "net_input", "delta"))
    if kind == "weight":
        return Spot("weight", layer, unit, random.randrange(network.sizes[layer - 1]))
    if kind == "target":
        return Spot("target", network.depth, random.randrange(network.sizes[-1]))
    return Spot(kind, layer, unit)


def _canvas(hands: Hands, random: Random) -> None:
    canvas, port = hands.window.canvas, hands.window.canvas.view.viewport()
    point = canvas.place_of(_spot(hands, random)).center()
    deed = random.choice(("click", "double", "drag", "menu", "point"))
    if deed == "drag":
        hands.drag(port, point, hands.point_in(port))
    elif deed == "menu":
        hands.ask_for_menu(port, point)
    elif deed == "point":
        QTest.mouseMove(port, point)
    else:
        hands.click(port, point, double=deed == "double")


def _canvas_edit(hands: Hands, random: Random) -> None:
    canvas = hands.window.canvas
    port, point = canvas.view.viewport(), canvas.place_of(_spot(hands, random)).center()
    hands.click(port, point)
    opening = random.choice(_OPENINGS)
    if opening is None:
        hands.click(port, point, double=True)
    else:
        hands.press(opening)
    _end_editing(hands, random)


def _end_editing(hands: Hands, random: Random) -> None:
    fields = [each for each in hands.seen(QLineEdit) if each.hasFocus()]
    if fields and random.random() < 0.8:
        hands.fill_in(fields[0], random.choice(TEXTS))
    ending = random.choice(_ENDINGS)
    if ending is not None:
        hands.press(ending)


def _cell(hands: Hands, random: Random) -> None:
    table = hands.any_of(hands.seen(NumberTable))
    if table is None or not table.numbers.rowCount() or not table.numbers.columnCount():
        return
    row = random.randrange(table.numbers.rowCount())
    column = random.randrange(table.numbers.columnCount())
    table.setFocus()
    table.setCurrentIndex(table.numbers.index(row, column))
    hands.press(random.choice((Key.Key_F2, Key.Key_Return, Key.Key_7)))
    _end_editing(hands, random)


def _field(hands: Hands, random: Random) -> None:
    field = hands.any_of(hands.seen(QLineEdit))
    if field is not None:
        hands.click(field)
        _end_editing(hands, random)


def _choice(hands: Hands, random: Random) -> None:
    box = hands.any_of(hands.seen(QComboBox))
    if box is not None:
        box.setFocus()
        QTest.keyClick(box, random.choice((Key.Key_Down, Key.Key_Up, Key.Key_Home, Key.Key_End)))


def _slider(hands: Hands, random: Random) -> None:
    widgets = [hands.window.ribbon, *hands.seen(QSlider)]
    widget = random.choice(widgets)
    hands.drag(widget, hands.point_in(widget), hands.point_in(widget))


def _example(hands: Hands, random: Random) -> None:
    hands.window.documents.open_example(random.choice(example_names()))


def _undo(hands: Hands, random: Random) -> None:
    hands.press(Key.Key_Z, _CONTROL)


def _redo(hands: Hands, random: Random) -> None:
    hands.press(Key.Key_Z, _CONTROL, _SHIFT)


def _save(hands: Hands, random: Random) -> None:
    hands.press(Key.Key_S, _CONTROL)


def _reopen(hands: Hands, random: Random) -> None:
    path = hands.window.documents.files.path
    if path is not None:
        hands.window.documents.open_path(path)


def _tool(hands: Hands, random: Random) -> None:
    tools = hands.window.tools
    entries = [a for a in tools.menu.actions() if a.isEnabled() and not a.isSeparator()]
    action = random.choice(entries)
    below = action.menu()
    if isinstance(below, QMenu):
        hands.choose_from_menu(below)
    else:
        action.trigger()


def _resize(hands: Hands, random: Random) -> None:
    sizes = (1440, 900), (900, 560), (1024, 600), (1300, 700), (960, 540), (860, 480)
    hands.window.resize(*random.choice(sizes))


def _present(hands: Hands, random: Random) -> None:
    """Begin or end a presentation or the network alone, whatever is going on; or go black."""
    deed = random.choice(("presentation", "presentation", "alone", "black", "back"))
    if deed == "black":
        hands.press(random.choice((Key.Key_B, Key.Key_Period)))
    elif deed == "back":
        hands.press(Key.Key_Escape)
    else:
        hands.press(Key.Key_F11, *([_CONTROL] if deed == "alone" else []))


def _side(hands: Hands, random: Random) -> None:
    """Open or close a side, also the one that has the focus."""
    field = hands.any_of(hands.seen(QLineEdit))
    if field is not None and random.random() < 0.5:
        hands.click(field)
        hands.fill_in(field, random.choice(TEXTS))
    hands.press(random.choice((Key.Key_1, Key.Key_2, Key.Key_3)), _CONTROL)


def _text_size(hands: Hands, random: Random) -> None:
    hands.window.use_text_size(random.choice((80, 100, 100, 125, 150, 200)))


def _theme(hands: Hands, random: Random) -> None:
    hands.window.use_theme(random.choice(theme.CHOICES))


def _loss_plot(hands: Hands, random: Random) -> None:
    """Zoom, pan, drag, click or double click the loss curve, or press its keys."""
    plot = hands.window.loss.plot
    if not plot.isVisible() or plot.width() < 1 or plot.height() < 1:
        return
    port, deed = plot.viewport(), random.choice(("wheel", "drag", "click", "double", "key"))
    if deed == "wheel":
        hands.wheel(port, hands.point_in(port), random.choice((-9, -1, 1, 9)), False)
    elif deed == "drag":
        hands.drag(port, hands.point_in(port), hands.point_in(port))
    elif deed == "key":
        plot.setFocus()
        for _ in range(random.randrange(1, 6)):
            hands.press(random.choice(_PLOT_KEYS))
    else:
        hands.click(port, hands.point_in(port), double=deed == "double")


def _rename(hands: Hands, random: Random) -> None:
    """Open the field for a name, of a unit by the canvas' menu or of a column by its heading."""
    network = hands.window.session.spec.network
    if random.random() < 0.5:
        layer = random.randrange(network.depth + 1)
        spot = Spot("unit", layer, random.randrange(network.sizes[layer]))
        hands.window.canvas.view.menu_asked.emit(spot, QPoint(0, 0))
        hands.choose_from_popup("Rename")
    else:
        header = hands.window.data.findChild(NumberTable, "dataTable").horizontalHeader()
        if not header.isVisible() or not header.count():
            return
        column = random.randrange(header.count())
        left, wide = header.sectionViewportPosition(column), header.sectionSize(column)
        hands.click(header.viewport(), QPoint(left + wide // 2, header.height() // 2), double=True)
    fields = [each for each in hands.seen(QLineEdit) if each.objectName() == "nameField"]
    if fields:
        hands.fill_in(fields[0], random.choice(NAMES))
        _after_typing(hands, random)


def _after_typing(hands: Hands, random: Random) -> None:
    """Leave a field by a key, or by something that goes on around it."""
    ending = random.choice((*_ENDINGS, _present, _side, _text_size, _theme, _undo))
    if isinstance(ending, Key):
        hands.press(ending)
    elif ending is not None:
        ending(hands, random)


def _errand(hands: Hands, random: Random) -> None:
    """Ask for training with an end of its own, or go to an epoch; the dialog is filled in."""
    words = random.choice(("Train for N", "Train until the", "Train until all", "Go to epoch"))
    actions = hands.window.findChildren(QAction)
    action = next(each for each in actions if each.text().startswith(words))
    if action.isEnabled():
        action.trigger()


def _picture(hands: Hands, random: Random) -> None:
    what = random.choice(("network", "loss", "surface"))
    hands.window.pictures.save(what, random.random() < 0.5)


def _close(hands: Hands, random: Random) -> None:
    hands.window.close()


Deed = Callable[[Hands, Random], None]

# How often, compared with the others, and what.
_DEEDS: dict[str, tuple[int, Deed]] = {
    "key": (18, _key),
    "step": (10, _step),
    "back": (6, _back),
    "train": (4, _train),
    "play": (2, _play),
    "click": (14, _click),
    "button": (8, _button),
    "drag": (4, _drag),
    "wheel": (5, _wheel),
    "context": (3, _context),
    "menu": (8, _menu),
    "canvas": (8, _canvas),
    "canvas_edit": (8, _canvas_edit),
    "cell": (8, _cell),
    "field": (5, _field),
    "choice": (6, _choice),
    "slider": (3, _slider),
    "example": (2, _example),
    "undo": (6, _undo),
    "redo": (3, _redo),
    "save": (3, _save),
    "reopen": (2, _reopen),
    "tool": (4, _tool),
    "resize": (1, _resize),
    "present": (3, _present),
    "side": (3, _side),
    "text_size": (1, _text_size),
    "theme": (1, _theme),
    "loss_plot": (5, _loss_plot),
    "rename": (3, _rename),
    "errand": (2, _errand),
    "picture": (1, _picture),
    "close": (1, _close),
}
