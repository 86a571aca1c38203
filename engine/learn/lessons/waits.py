"""What may stand after "wait:" in a lesson, and the task it means."""

from __future__ import annotations

from collections.abc import Callable, Collection

from engine.learn.lessons.tasks import (
    Ask,
    ChooseActivation,
    ChooseOptimizer,
    Count,
    Diverge,
    Edit,
    HiddenLayers,
    Loss,
    MakeMistake,
    OpenTool,
    Read,
    Reset,
    Sample,
    Seed,
    Set,
    Show,
    Task,
)
from engine.maths.activations import ACTIVATIONS
from engine.maths.optimizers import RULES
from engine.run.mistakes import MISTAKES
from engine.text.numbers import parse_number


def read_task(words: str, tools: Collection[str] | None = None) -> Task:
    """The task that stands after "wait:".

    `tools` are the titles of the tools there are, None if that is not known. Raises ValueError
    with a sentence; what depends on the document is left to Task.check.
    """
    words = " ".join(words.split())
    for kind in sorted(_READERS, key=len, reverse=True):
        if words == kind or words.startswith(f"{kind} "):
            rest = words[len(kind) :].strip()
            if kind == "open" and tools is not None:
                _one_of(rest.casefold(), "tool", [title.casefold() for title in tools])
            return _READERS[kind](rest)
    kinds = ", ".join(_READERS)
    raise ValueError(f'"{words}" is nothing to wait for; a wait begins with one of: {kinds}')


def _read_alone(make: Callable[[], Task], kind: str) -> Callable[[str], Task]:
    def read(rest: str) -> Task:
        if rest:
            raise ValueError(f'nothing stands after "{kind}", but here is "{rest}"')
        return make()

    return read


def _read_named(make: Callable[[str], Task], kind: str, example: str) -> Callable[[str], Task]:
    def read(rest: str) -> Task:
        if not rest:
            raise ValueError(f'"{kind}" needs more, as in {kind} {example}')
        return make(rest)

    return read


def _read_count(of: str) -> Callable[[str], Task]:
    return lambda rest: Count(_whole(rest, of, 1), of)


def _read_loss(rest: str) -> Task:
    side, _, number = rest.partition(" ")
    if side not in ("below", "above") or not number:
        raise ValueError("after loss stands a side and a number, as in loss below 0.01")
    return Loss(side == "below", parse_number(number))


def _read_set(rest: str) -> Task:
    name, _, number = rest.rpartition(" ")
    if not name:
        raise ValueError("after set stand a name and a number, as in set learning rate 2")
    return Set(name, parse_number(number))


def _read_optimizer(rest: str) -> Task:
    return ChooseOptimizer(_one_of(rest, "optimizer", RULES))


def _read_activation(rest: str) -> Task:
    unit, _, key = rest.rpartition(" ")
    if not unit:
        raise ValueError("after activation stand a unit and a key, as in activation o linear")
    return ChooseActivation(unit, _one_of(key, "activation", ACTIVATIONS))


def _read_mistake(rest: str) -> Task:
    return MakeMistake(None if rest == "none" else _one_of(rest, "mistake", MISTAKES))


_READERS: dict[str, Callable[[str], Task]] = {
    "next": _read_alone(Read, "next"),
    "step": _read_named(Show, "step", "net input h1"),
    "ask": _read_named(Ask, "ask", "gradient w1"),
    "epochs": _read_count("epochs"),
    "iterations": _read_count("iterations"),
    "loss": _read_loss,
    "divergence": _read_alone(Diverge, "divergence"),
    "edit": _read_named(Edit, "edit", "w1"),
    "set": _read_set,
    "optimizer": _read_optimizer,
    "activation": _read_activation,
    "hidden layers": lambda rest: HiddenLayers(_whole(rest, "hidden layers", 0)),
    "sample": lambda rest: Sample(_whole(rest, "sample", 1)),
    "reset": _read_alone(Reset, "reset"),
    "seed": lambda rest: Seed(_whole(rest, "seed", 0) if rest else None),
    "mistake": _read_mistake,
    "open": _read_named(OpenTool, "open", "gradient check"),
}


def _whole(text: str, kind: str, least: int) -> int:
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdecimal()) or not least <= int(plain) <= 10**9:
        raise ValueError(f'after {kind} stands a whole number from {least} on, not "{text}"')
    return int(plain)


def _one_of(key: str, what: str, known: Collection[str]) -> str:
    if key not in known:
        raise ValueError(f'there is no {what} "{key}"; there are {", ".join(known)}')
    return key
