"""Writes docs/what-can-be-chosen.md from the tables of the program: python docs/make_choices.py"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from engine.data.datasets import DATASETS
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS, Activation
from engine.maths.clipping import CLIPPINGS
from engine.maths.initializers import INITIALIZER_SETTINGS, INITIALIZERS
from engine.maths.losses import LOSS_SETTINGS, LOSSES
from engine.maths.metrics import METRICS
from engine.maths.optimizers import RULES, SETTINGS
from engine.maths.penalty import PENALTIES
from engine.maths.schedules import SCHEDULES
from engine.maths.setting import Setting
from engine.run.mistakes import MISTAKES
from engine.run.scaling import SCALINGS
from engine.text.wording import listed

PAGE = Path(__file__).resolve().parent / "what-can-be-chosen.md"

_HEAD = """\
# What can be chosen

Everything that the menus of the card "Network", *File ▸ New…* and *Learn ▸ Mistakes* offer, with
its formula and its settings. In brackets stands what a file and the command line call it. This page
is made from the program's own tables, by `python docs/make_choices.py`.
"""
_ACTIVATIONS = """\
f(z) is what a unit applies to its net input, f′(z) its slope, in terms of a = f(z) where that is
shorter. A setting belongs to a layer: *edit layers* in the card "Network" shows those that its
activation reads, and one that is not as usual is always in sight. Formulas mention it where it is
not as usual. What another activation does not read is kept for when this one comes back.

With a gain λ a sigmoid is f(λ z), and its slope λ f′(λ z); a linear unit with a slope c gives c z.
"""
_LOSSES = """\
Over the samples of a batch a loss is summed, or their mean is taken. An output layer can have the
activations that are named; what does not fit is not offered, and is refused in a file.
"""
_MISTAKES = """\
Each can be made on purpose; [how](mistakes.md) says what is to be seen then.
"""


def _begins(
    keys: Iterable[str], table: Mapping[str, Setting], own: Mapping[str, float] | None = None
) -> str:
    """The settings that a row reads, by their symbols, and where they begin."""
    usual = {key: table[key].default for key in keys} | {**(own or {})}
    words = [f"{table[key].symbol} = {usual[key]:g}" for key in keys]
    return f"At first {listed(words)}." if words else ""


def _settings(table: Mapping[str, Setting]) -> Iterator[str]:
    """A list of settings, and between what they lie."""
    yield "\nTheir settings:\n"
    for setting in table.values():
        limits = setting.limits[:1].upper() + setting.limits[1:]
        yield f"- {setting.symbol}, {setting.title} (`{setting.key}`). {limits}."


def _row(title: str, key: str, *lines: str) -> str:
    """An entry of a list: a title, what a file calls it, and what there is to say, a line each."""
    said = "\n".join(f"  {line}  " for line in lines if line)
    return f"- **{title}** (`{key}`)  \n{said}".rstrip()


def _activation(row: Activation) -> str:
    return _row(
        row.title,
        row.key,
        f"f(z) = {row.formula}",
        f"f′(z) = {row.derivative}" if row.learns else "It has no slope to follow back.",
        _begins(row.settings, ACTIVATION_SETTINGS),
        f"Suits {row.suits}." if row.suits else "",
    )


def _goes_with(activations: tuple[str, ...]) -> str:
    if set(activations) == set(ACTIVATIONS):
        return "Goes with any activation at the output."
    titles = [ACTIVATIONS[key].title for key in activations]
    return f"Goes with {listed(titles)} at the output."


def _sections() -> Iterator[str]:
    yield _HEAD
    yield "## Activations\n"
    yield _ACTIVATIONS
    yield from map(_activation, ACTIVATIONS.values())
    yield from _settings(ACTIVATION_SETTINGS)
    yield "\n## Losses\n"
    yield _LOSSES
    for loss in LOSSES.values():
        over = "" if loss.reduction is None else f"Over the samples always the {loss.reduction}."
        yield _row(
            loss.title,
            loss.key,
            f"{loss.formula}; derivative {loss.derivative}",
            _begins(loss.settings, LOSS_SETTINGS),
            f"{_goes_with(loss.activations)} {over}".rstrip(),
        )
    yield from _settings(LOSS_SETTINGS)
    yield "\n## Penalties\n"
    for penalty in PENALTIES.values():
        yield _row(f"{penalty.title} penalty", penalty.key, f"adds {penalty.formula} to the loss")
    yield "\n## Optimizers\n"
    for rule in RULES.values():
        yield _row(
            rule.title,
            rule.key,
            rule.formula,
            _begins(rule.settings, SETTINGS, rule.defaults),
        )
    yield from _settings(SETTINGS)
    yield "\n## Schedules of the learning rate\n"
    yield "What η is after n epochs or iterations; [how](optimizers.md).\n"
    for schedule in SCHEDULES.values():
        yield _row(schedule.title, schedule.key, schedule.formula)
    yield "\n## Clipping of gradients\n"
    yield "What is made of a gradient g before it is used, if that is wanted.\n"
    for clipping in CLIPPINGS.values():
        if clipping.formula:
            yield _row(clipping.title, clipping.key, clipping.formula)
    yield "\n## Initializers\n"
    for initializer in INITIALIZERS.values():
        yield _row(
            initializer.title,
            initializer.key,
            initializer.formula,
            _begins(initializer.settings, INITIALIZER_SETTINGS),
        )
    yield from _settings(INITIALIZER_SETTINGS)
    yield "\n## Metrics\n"
    for metric in METRICS.values():
        yield _row(metric.title, metric.key)
    yield "\n## Mistakes\n"
    yield _MISTAKES
    for mistake in MISTAKES.values():
        yield _row(
            mistake.title, mistake.key, f"{mistake.wrong} in place of {mistake.right}", mistake.why
        )
    yield "\n## Scalings\n"
    for scaling in SCALINGS.values():
        yield _row(scaling.title, scaling.key)
    yield "\n## Data sets\n"
    for data in DATASETS.values():
        size = f"{data.inputs} input{'s' * (data.inputs != 1)}"
        size += f", {data.outputs} output{'s' * (data.outputs != 1)}"
        chosen = [
            f"{setting.title.lower()} from {setting.least:g} to {setting.most:g}{setting.suffix}"
            for setting in data.settings
        ]
        yield _row(
            data.title,
            data.key,
            f"{size}; {LOSSES[data.loss].title} with {ACTIVATIONS[data.activation].title} suits it",
            f"Can be chosen: {listed(chosen)}." if chosen else "",
        )


def page() -> str:
    """The whole page."""
    return "\n".join(_sections()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
