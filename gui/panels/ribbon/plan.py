"""Where the ticks of the ribbon stand: an iteration's steps laid out over a width."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, cached_property
from itertools import groupby
from math import sqrt

from msgspec import Struct
from PySide6.QtGui import QFontMetrics

from engine.run.steps import StepGroup
from engine.text.numbers import format_count
from gui import theme

TITLES = {
    "forward": "Forward",
    "loss": "Loss",
    "backward": "Backward",
    "update": "Update",
    "check": "Check",
}

SIDE = 6  # pixels left of the first tick, where a click means "before the first step"

_AROUND_COUNT = 4  # pixels, on both sides of the count of a bar
_PITCHES = range(19, 4, -1)  # pixels from one tick to the next, the gap between them included


class Band(Struct, frozen=True):
    """Where a group of steps stands: ticks a `pitch` apart, or one bar (pitch None)."""

    group: StepGroup
    left: int
    width: int
    pitch: int | None

    @property
    def count(self) -> int:
        """How many steps there are in the group."""
        return self.group.stop - self.group.start

    def step_at(self, x: float) -> int:
        """The step at a horizontal place within the band or in the gap after it."""
        offset = x - self.left
        k = offset / self.pitch if self.pitch else offset * self.count / self.width
        return self.group.start + min(int(k), self.count - 1)

    def span_of(self, k: int) -> tuple[float, float]:
        """Left edge and width of a step's tick; in a bar at least 3 pixels wide."""
        if self.pitch:
            return self.left + (k - self.group.start) * self.pitch, self.pitch - _gap(self.pitch)
        width = max(3.0, self.width / self.count)
        end = self.left + self.width * (k - self.group.start + 1) / self.count
        return max(self.left, end - width), width


class _Spacing(Struct, frozen=True):
    """Pixels between layers and between passes, and the least width of a bar."""

    bar: int
    layer_gap: int
    pass_gap: int


_SPACINGS = (
    _Spacing(48, 7, 16),
    _Spacing(32, 7, 16),
    _Spacing(20, 7, 16),
    _Spacing(12, 4, 12),
    _Spacing(6, 2, 8),
)


class RibbonPlan(Struct, frozen=True, dict=True):
    """How an iteration's steps are laid out over a width."""

    groups: tuple[StepGroup, ...]
    width: int

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The widest ticks that fit; where none do, the longest groups turn into bars first."""
        narrowest = _PITCHES[-1]
        for spacing, bars in self._attempts():
            if self._total(narrowest, bars, spacing) <= self.width:
                break
        fitting = (p for p in _PITCHES if self._total(p, bars, spacing) <= self.width)
        pitch = next(fitting, narrowest)
        spare = max(0, self.width - self._total(pitch, bars, spacing))
        shares = {group: sqrt(group.stop - group.start) for group in bars}
        for group, share in shares.items():
            bars[group] += int(spare * share / sum(shares.values()))
        return tuple(self._placed(pitch, bars, spacing))

    def _attempts(self) -> Iterator[tuple[_Spacing, dict[StepGroup, int]]]:
        """What to try, best first: a spacing, and the widths of the groups that are bars."""
        by_length = sorted(self.groups, key=lambda group: group.start - group.stop)
        for spacing in _SPACINGS:
            long = [g for g in by_length if _tick_length(g, _PITCHES[-1]) > spacing.bar]
            for count in range(len(long) + 1):
                yield spacing, {group: _bar_width(group, spacing) for group in long[:count]}

    @cached_property
    def _passes(self) -> list[tuple[StepGroup, ...]]:
        return [tuple(groups) for _, groups in groupby(self.groups, lambda group: group.phase)]

    def _total(self, pitch: int, bars: dict[StepGroup, int], spacing: _Spacing) -> int:
        widths = [_room(groups, pitch, bars, spacing) for groups in self._passes]
        return sum(widths) + spacing.pass_gap * (len(widths) - 1)

    def _placed(
        self, pitch: int, bars: dict[StepGroup, int], spacing: _Spacing
    ) -> Iterator[Band]:
        start = SIDE
        for groups in self._passes:
            room = _room(groups, pitch, bars, spacing)
            # A short pass may fill the width that its title takes anyway.
            own = next(
                p for p in _PITCHES if p == pitch or _length(groups, p, bars, spacing) <= room
            )
            left = start
            for group in groups:
                width = bars.get(group) or _tick_length(group, own)
                yield Band(group, left, width, None if group in bars else own)
                left += width + spacing.layer_gap
            start += room + spacing.pass_gap

    def shapes(self) -> Iterator[tuple[float, float]]:
        """Left edge and width of every tick and bar."""
        for band in self.bands:
            if band.pitch is None:
                yield band.left, band.width
            else:
                yield from map(band.span_of, range(band.group.start, band.group.stop))

    def revealed_at(self, x: float) -> int:
        """How many steps are shown after a click at a horizontal place."""
        before = [band for band in self.bands if band.left <= x]
        return before[-1].step_at(x) + 1 if before else 0

    def span_of(self, k: int) -> tuple[float, float]:
        """Left edge and width of a step's place."""
        return next(band for band in self.bands if k < band.group.stop).span_of(k)


def _gap(pitch: int) -> int:
    return 3 if pitch > 11 else 2 if pitch > 6 else 1


def _tick_length(group: StepGroup, pitch: int) -> int:
    return (group.stop - group.start) * pitch - _gap(pitch)


def _bar_width(group: StepGroup, spacing: _Spacing) -> int:
    """The least width of a bar: where they are wide there is room for its count."""
    if spacing is not _SPACINGS[0]:
        return spacing.bar
    return max(spacing.bar, count_width(group.stop - group.start))


def count_width(count: int) -> int:
    """How wide a bar is that has its count written into it."""
    metrics = QFontMetrics(theme.font(theme.SMALL))
    return metrics.horizontalAdvance(format_count(count)) + 2 * _AROUND_COUNT


def _length(
    groups: tuple[StepGroup, ...], pitch: int, bars: dict[StepGroup, int], spacing: _Spacing
) -> int:
    widths = [bars.get(group) or _tick_length(group, pitch) for group in groups]
    return sum(widths) + spacing.layer_gap * (len(widths) - 1)


def _room(
    groups: tuple[StepGroup, ...], pitch: int, bars: dict[StepGroup, int], spacing: _Spacing
) -> int:
    """Width of a pass: that of its steps or of its title, whichever is wider."""
    return max(_title_width(groups[0].phase), _length(groups, pitch, bars, spacing))


def _title_width(phase: str) -> int:
    return _title_width_at(phase, theme.percent())


@cache
def _title_width_at(phase: str, percent: int) -> int:
    return QFontMetrics(theme.font(theme.SMALL, bold=True)).horizontalAdvance(TITLES[phase])
