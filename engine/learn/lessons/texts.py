"""The text of a lesson: paragraphs with **bold** words and {quantities}, as rich text.

In braces stands a step as in "wait: step …" ({net input h1}, {gradient w5}), a weight, bias or
unit by its name ({w5}), {target o1}, {loss} or a setting of the optimizer ({learning rate}); it is
written in the notation of the window.
"""

from __future__ import annotations

import re
from html import escape

from engine.formulas.notation import (
    DEFAULT,
    Name,
    Notation,
    Symbols,
    activation_setting_name,
    loss_setting_name,
    own_name,
    setting_name,
)
from engine.learn.lessons.names import find_parameter, find_step, find_unit
from engine.learn.lessons.values import activation_setting_called, setting_called
from engine.maths.losses import LOSS_SETTINGS
from engine.maths.network import Network
from engine.run.steps import StepId

_MARK = re.compile(r"\*\*(.+?)\*\*|\{([^{}]*)\}")
_OPERATOR = re.compile(r"([−+·=<>←]) ")  # a line breaks before it, not after


def check_text(text: str, network: Network) -> None:
    """Raise ValueError with a sentence for the first thing that is not as it should be."""
    left = text
    for match in _MARK.finditer(text):
        if match[2] is not None:
            _quantity(match[2], network, DEFAULT)
        else:
            check_text(match[1], network)
        left = left.replace(match[0], "", 1)
    if "**" in left:
        raise ValueError("bold words begin and end with **; here one of the two is missing")
    if "{" in left or "}" in left:
        raise ValueError("braces hold a quantity, as in {net input h1}; here one has no partner")


def rich_text(text: str, network: Network, notation: Notation = DEFAULT) -> str:
    """A paragraph as the HTML that labels of the window understand.

    What the network does not have (the person may have changed it) is written as it stands.
    """
    text = _OPERATOR.sub("\\1\u00a0", text)
    parts, end = [], 0
    for match in _MARK.finditer(text):
        parts.append(escape(text[end : match.start()]))
        if match[1] is not None:
            parts.append(f"<b>{rich_text(match[1], network, notation)}</b>")
        else:
            try:
                parts.append(_quantity(match[2], network, notation))
            except ValueError:
                parts.append(escape(match[2]))
        end = match.end()
    return "".join(parts) + escape(text[end:])


def _quantity(words: str, network: Network, notation: Notation) -> str:
    """One symbol as HTML. Raises ValueError where the network has no such thing."""
    symbols = Symbols(network, notation)
    if words in ("loss", "total loss"):
        return _html(symbols.loss)
    if setting := setting_called(words):
        is_of_loss = setting in LOSS_SETTINGS
        return _html(loss_setting_name(setting) if is_of_loss else setting_name(setting))
    if found := activation_setting_called(network, words):
        return _html(activation_setting_name(found[1]))
    quantity, _, name = words.rpartition(" ")
    if quantity == "target":
        layer, unit = find_unit(network, name)
        if layer != network.depth:
            raise ValueError(f"{name} is no output, and only outputs have a target")
        return _html(symbols.target(unit))
    if not quantity:
        return _named(words, network, symbols)
    step = find_step(network, words)
    if quantity in ("forward", "backward", "update") and name == "pass":
        raise ValueError("a pass has no symbol; braces hold a single quantity")
    if step.parameter is not None:
        below = _html(symbols.parameter(step.parameter))
        return below if step.phase == "update" else f"∂{_html(symbols.loss)}/∂{below}"
    return _of_unit(step, symbols)


def _of_unit(step: StepId, symbols: Symbols) -> str:
    assert step.layer is not None and step.unit is not None
    if step.kind == "loss":
        return _html(symbols.loss_term(step.unit))
    symbol = {
        "net_input": symbols.net_input,
        "activation": symbols.activation,
        "delta": symbols.delta,
    }[step.kind]
    return _html(symbol(step.layer, step.unit))


def _named(name: str, network: Network, symbols: Symbols) -> str:
    """A weight, a bias or a unit by its name."""
    try:
        return _html(symbols.parameter(find_parameter(network, name)))
    except ValueError as no_parameter:
        try:
            find_unit(network, name)
        except ValueError as no_unit:
            raise ValueError(f"{no_unit}; and {no_parameter}") from None
        return _html(own_name(name))


def _html(name: Name) -> str:
    letter = escape(name.letter)
    base = f"<i>{letter}</i>" if len(letter) == 1 else letter
    above = f"<sup>{escape(name.above)}</sup>" if name.above else ""
    return base + above + (f"<sub>{escape(name.below)}</sub>" if name.below else "")
