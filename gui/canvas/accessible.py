"""Tells a screen reader of each step as it is taken, and of the spot that was selected; what it
finds on the canvas stands in accessible_tree.py, which is loaded when somebody asks.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
)

from engine.run.column_words import step_title
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, group_title
from engine.text.numbers import format_number
from gui.canvas.pointing_view import PointingView
from gui.canvas.spots import facts_at, spot_of
from gui.canvas.whose import batch_words
from gui.view import View

_installed = False


def install() -> None:
    """Have Qt ask here for what a canvas is to a screen reader; once is enough."""
    global _installed
    if not _installed:
        QAccessible.installFactory(_interface_of)
        _installed = True


def _interface_of(key: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, PointingView):
        return None
    from gui.canvas.accessible_tree import CanvasInterface

    return CanvasInterface(thing)


def announce_step(canvas: PointingView, view: View) -> None:
    """Have a screen reader say the step that was just taken, if there is one."""
    if QAccessible.isActive() and (words := told_of_step(view)):
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(canvas, words))


def told_of_step(view: View) -> str:
    """The step that was just taken, and what it came to; of many at once what they are, and the
    last of them."""
    step, worked = view.step, view.worked
    if step is None:
        return ""
    title, spot = step_title(view.spec, step, view.notation), spot_of(step)
    if worked is not None and step.kind in EXTRA_KINDS:
        numbers = [("", step_value(worked, step, view.worked_pass))]
    elif spot is not None:
        _, facts = facts_at(view, spot)
        numbers = [(fact.words, fact.value) for fact in facts if fact.step == step]
    elif worked is not None:
        is_total = step.kind == "total_loss"
        numbers = [("", worked.loss if is_total else worked.loss_after)]
    else:
        numbers = []
    if together := group_title(view.spec.network, view.together):
        title = f"{together}, the last of them {title}"
    # Whose a gradient is has to be told where it is not the shown sample's alone.
    is_batchs = step.kind in ("weight_gradient", "bias_gradient")
    is_shared = is_batchs and batch_words(view)
    if len(numbers) == 1 and not is_shared:
        return f"{title}: {format_number(numbers[0][1], view.worked_digits)}"
    told = [f"{words} {format_number(value, view.worked_digits)}" for words, value in numbers]
    return ": ".join([title, ", ".join(told)]) if told else title


def tell_selected(canvas: PointingView) -> None:
    """Have a screen reader go to the spot that was selected, if there is one."""
    if not QAccessible.isActive() or canvas.selected is None:
        return
    child = QAccessible.queryAccessibleInterface(canvas).focusChild()
    if child is not None:
        QAccessible.updateAccessibility(QAccessibleEvent(child, QAccessible.Event.Focus))
