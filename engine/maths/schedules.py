"""Schedules: how the learning rate goes on, as a table of pure functions of a count.

η_t = η · share(n), where n counts what is done before update number t: updates, or epochs. Since a
share depends on nothing else, a run that goes back finds the same rate to the bit.

Sources: step, exponential and warm-up as in PyTorch (torch.optim.lr_scheduler: StepLR,
ExponentialLR, CosineAnnealingLR, LinearLR); the cosine I. Loshchilov, F. Hutter, SGDR, ICLR 2017,
equation 5; the warm-up P. Goyal et al., Accurate, large minibatch SGD, 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, pi
from types import MappingProxyType
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

_FromOne = Annotated[int, Meta(ge=1, lt=10**12)]


class Schedule(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the learning rate goes on, counted in epochs or iterations that are done: constant; step:
    times `factor` after `every`; exponential: times `factor` after each; cosine: down to the share
    `lowest` after `length`; warm_up: upwards for `warm_up`, then constant; warm_up_cosine: upwards
    for `warm_up`, then the cosine."""

    name: str = "constant"
    per: Literal["epoch", "iteration"] = "epoch"
    every: _FromOne = 100
    factor: Annotated[float, Meta(gt=0.0, le=1.0)] = 0.5
    length: _FromOne = 1000
    warm_up: _FromOne = 10
    lowest: Annotated[float, Meta(ge=0.0, lt=1.0)] = 0.0

    @property
    def is_constant(self) -> bool:
        """Whether the rate is always the same."""
        return self.name == "constant"

    def share(self, done: int) -> float:
        """η_t / η, when so many epochs or iterations are done."""
        return SCHEDULES[self.name].share(self, done)

    def another(self, name: str) -> Schedule:
        """Another schedule, whose settings are what is usual for it."""
        return Schedule(name=name, per=self.per, **SCHEDULES[name].usual)


class ScheduleSetting(Struct, frozen=True, kw_only=True):
    """A setting that schedules read, a field of Schedule: its label beside a field, a shorter one,
    what it is, and the values it can have, which `limits` says of another. It `is_whole` if it is a
    number of epochs or iterations."""

    key: str
    label: str
    brief: str
    says: str
    limits: str = "expected a whole number from 1, below 1e12"
    is_whole: bool = False
    fits: Callable[[float], bool] = lambda value: 1.0 <= value < 1e12 and value == int(value)


SCHEDULE_SETTINGS: dict[str, ScheduleSetting] = {
    setting.key: setting
    for setting in (
        ScheduleSetting(
            key="every",
            label="Every s",
            brief="s",
            says="s: after how many the rate goes down a step",
            is_whole=True,
        ),
        ScheduleSetting(
            key="factor",
            label="Factor γ",
            brief="γ",
            says="γ: what the rate is multiplied with",
            limits="the factor lies above 0, and is 1 at most",
            fits=lambda value: 0.0 < value <= 1.0,
        ),
        ScheduleSetting(
            key="warm_up",
            label="Warm-up w",
            brief="w",
            says="w: after how many the rate has its full size",
            is_whole=True,
        ),
        ScheduleSetting(
            key="length",
            label="Length N",
            brief="N",
            says="N: after how many the cosine has come down",
            is_whole=True,
        ),
        ScheduleSetting(
            key="lowest",
            label="Lowest share",
            brief="Lowest",
            says="The share of the learning rate that is left in the end",
            limits="the lowest share lies from 0 up to, not including, 1",
            fits=lambda value: 0.0 <= value < 1.0,
        ),
    )
}


class ScheduleRule(Struct, frozen=True, kw_only=True):
    """One schedule: its share of η after n, and the settings it reads, keys of SCHEDULE_SETTINGS;
    `usual` are values of those to begin with that are not the defaults."""

    key: str
    title: str
    formula: str
    settings: tuple[str, ...]
    share: Callable[[Schedule, int], float]
    usual: Mapping[str, Any] = MappingProxyType({})


def _cosine(schedule: Schedule, done: int, length: int) -> float:
    wave = (1.0 + cos(pi * (min(done, length) / length))) / 2.0
    return schedule.lowest + (1.0 - schedule.lowest) * wave


def _warm_up_cosine(schedule: Schedule, done: int) -> float:
    if done < schedule.warm_up:
        return (done + 1) / schedule.warm_up
    return _cosine(schedule, done - schedule.warm_up, schedule.length)


SCHEDULES: dict[str, ScheduleRule] = {
    rule.key: rule
    for rule in (
        ScheduleRule(
            key="constant",
            title="constant",
            formula="η",
            settings=(),
            share=lambda schedule, done: 1.0,
        ),
        ScheduleRule(
            key="step",
            title="step",
            formula="η γ^⌊n/s⌋",
            settings=("every", "factor"),
            share=lambda schedule, done: schedule.factor ** (done // schedule.every),
        ),
        ScheduleRule(
            key="exponential",
            title="exponential",
            formula="η γⁿ",
            settings=("factor",),
            share=lambda schedule, done: schedule.factor**done,
            usual={"factor": 0.99},
        ),
        ScheduleRule(
            key="cosine",
            title="cosine",
            formula="η (1 + cos(π n/N)) / 2",
            settings=("length", "lowest"),
            share=lambda schedule, done: _cosine(schedule, done, schedule.length),
        ),
        ScheduleRule(
            key="warm_up",
            title="warm-up",
            formula="η min(1, (n + 1)/w)",
            settings=("warm_up",),
            share=lambda schedule, done: min(1.0, (done + 1) / schedule.warm_up),
        ),
        ScheduleRule(
            key="warm_up_cosine",
            title="warm-up, cosine",
            formula="η (n + 1)/w, then η (1 + cos(π (n − w)/N)) / 2",
            settings=("warm_up", "length", "lowest"),
            share=_warm_up_cosine,
        ),
    )
}
