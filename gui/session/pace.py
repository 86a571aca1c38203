"""Pace: how many epochs a run may be trained by when."""

from __future__ import annotations

from math import inf, log

_FIRST_SECOND = 50.0  # epochs in the first second of training that gets faster
_GROWTH = 1.6  # times as many in each second that follows
_LONGEST = 60.0  # seconds: by then nothing is held back
_TOO_FAST = 5  # slices of training in a row that were slower than they might have been


def epochs_by(seconds: float) -> float:
    """The epochs that training which gets faster does in so many seconds from when it began."""
    return float(_FIRST_SECOND * (_GROWTH**seconds - 1.0) / (_GROWTH - 1.0))


def rate_at(seconds: float) -> float:
    """How many epochs a second that comes to at a moment, so many seconds after it began."""
    return float(_FIRST_SECOND * log(_GROWTH) / (_GROWTH - 1.0) * _GROWTH**seconds)


class Pace:
    """A pace to train at: `chosen` epochs a second, infinite for as fast as it goes, or None.

    None begins at a pace at which a person sees the run learn, and grows until it is as fast as it
    goes. It depends on nothing but the seconds that were trained.
    """

    def __init__(self, chosen: float | None) -> None:
        self._steady = chosen
        self._seconds = 0.0
        self._late = 0

    def choose(self, chosen: float | None) -> Pace:
        """Another pace from now on; one that grows does so from the present one."""
        other = Pace(chosen)
        if chosen is None and self.rate > rate_at(0.0):
            other._seconds = min(log(self.rate / rate_at(0.0)) / log(_GROWTH), _LONGEST)
        return other

    @property
    def grows(self) -> bool:
        """Whether it is still held back, but less and less."""
        return self._steady is None and self._seconds < _LONGEST

    @property
    def rate(self) -> float:
        """Epochs a second at present; infinite where nothing is held back."""
        if self._steady is not None:
            return self._steady
        return rate_at(self._seconds) if self.grows else inf

    def passed(self, seconds: float) -> float:
        """How many epochs so many seconds of training more allow."""
        if self._steady is not None:
            return self._steady * seconds
        before = self._seconds
        self._seconds = min(before + seconds, _LONGEST)
        return epochs_by(self._seconds) - epochs_by(before)

    def note(self, is_late: bool) -> None:
        """Hear whether a slice of training could not keep up: once that is so again and again, it
        is as fast as it goes, and a pace that grows is not held back any more."""
        self._late = self._late + 1 if is_late else 0
        if self._late >= _TOO_FAST and self._steady is None:
            self._seconds = _LONGEST
