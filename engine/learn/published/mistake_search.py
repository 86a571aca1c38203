"""Which mistake gives these figures? Tries the classic mistakes, singly and in pairs.

The first iterations decide: a mistake is followed further only while it gives as much of what the
source prints as any other does. A source may have figures of two programs, as where a text is
right and the listing behind it is not; so a mistake need not give the figures that are right
without it, but of two mistakes the one that gives those too is the better answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations

from msgspec import Struct, field
from msgspec.structs import replace

from engine.learn.published.comparison import (
    PAPER_ITERATIONS,
    Compared,
    Figures,
    FollowedRun,
    Verdict,
    by_iteration,
    compare,
    values_at,
)
from engine.learn.published.printed import match, places, slip
from engine.maths.activations import Array
from engine.run.iteration import Check, never
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Spec

# So many digits of what differs have to come out, for one mistake and for a pair: with fewer, one
# of a hundred tries would give them by chance.
_EVIDENCE = {1: 3, 2: 4}
_MOST_TITLES = 3  # of what explains figures equally well: more nobody reads


class Suspect(Struct, frozen=True):
    """Mistakes that may have been made: which figures they give, and which up to a slip (with
    what slipped). `decimals` says that every step is rounded to so many (None: none is)."""

    mistakes: tuple[str, ...]
    gives: frozenset[int]
    slips: dict[int, str]
    decimals: int | None = None

    @property
    def title(self) -> str:
        """The titles of its mistakes, in quotation marks."""
        return " together with ".join(f"“{MISTAKES[key].title}”" for key in self.mistakes)


class SearchAnswer(Struct, frozen=True):
    """What a search found: `suspects` that explain equally much (none: nothing does), `open` the
    figures that need an explanation, of `settled` that need none."""

    suspects: tuple[Suspect, ...]
    open: frozenset[int]
    settled: frozenset[int]

    @property
    def sentence(self) -> str:
        """The answer for the person who asked."""
        if not self.open:
            if not self.settled:
                return "There is no figure here that can be decided."
            return "No mistake is needed: every figure is explained without one."
        if not self.suspects:
            return (
                "None of the mistakes, alone or in pairs, gives these figures. A wrong input or "
                "weight, another loss or learning rate, or a slip of the pen may."
            )
        best = self.suspects[0]
        found = len(best.gives & self.open)
        count = len(self.open)
        if found == count:
            what = {1: "the figure that differs", 2: "both figures that differ"}.get(
                count, f"all {count} figures that differ"
            )
        else:
            what = f"{found} of the {count} figures that differ"
        sentence = f"{best.title} gives {what}"
        if best.decimals is not None:
            sentence += f", with every step rounded to {best.decimals} decimals"
        slipped = len(best.slips.keys() & self.open)
        if slipped:
            sentence += f", and {slipped} more but for a slip of the pen"
        sentence += "."
        lost = len(self.settled - best.gives)
        if lost:
            sentence += (
                f" {'One other is' if lost == 1 else f'{lost} others are'} right without it: the "
                "source’s figures are not all of one program."
            )
        others = [suspect.title for suspect in self.suspects[1:]]
        if others:
            verb = "does" if len(others) == 1 else "do"
            sentence += f" So {verb} {_listed(others)}: these figures cannot tell them apart."
        return sentence


class _Trial(Struct, eq=False):
    """Mistakes followed along their run."""

    mistakes: tuple[str, ...]
    run: FollowedRun
    decimals: int | None
    gives: set[int] = field(default_factory=set)
    slips: dict[int, str] = field(default_factory=dict)

    def look_at(self, number: int, figures: Figures, here: Sequence[int], check: Check) -> None:
        """Follow the run to an iteration and see which of its figures come out."""
        iteration = self.run.iteration(number, check)
        if iteration is None:
            return
        for k, value in zip(here, values_at(iteration, [figures[k] for k in here]), strict=True):
            if match(value, figures[k].printed):
                self.gives.add(k)
            elif self.decimals is None and (slipped := slip(value, figures[k].printed)):
                self.slips[k] = slipped


class _Search:
    """One search: the figures, those that are open, and the Spec without a mistake."""

    def __init__(self, spec: Spec, start: Array, figures: Figures, check: Check) -> None:
        self._spec = replace(spec, mistakes=())
        self._start, self._figures, self._check = start, figures, check
        self._keys = [key for key in MISTAKES if not why_not(self._spec, key)]
        self.open: frozenset[int] = frozenset()
        self.settled: frozenset[int] = frozenset()

    def sort_out(self, compared: Sequence[Compared] | None) -> None:
        """See which figures need an explanation."""
        if compared is None:
            compared = compare(self._spec, self._start, self._figures, self._check)
        keys = {k: entry.verdict.key for k, entry in enumerate(compared)}
        self.open = frozenset(k for k, key in keys.items() if key in ("differs", "slip"))
        self.settled = frozenset(k for k in keys.keys() - self.open if keys[k] != "undecided")

    def suspects(self) -> tuple[Suspect, ...]:
        """The best of the singles; of the pairs, where no single explains everything; then of
        both on paper."""
        singles = [(key,) for key in self._keys]
        pairs = list(combinations(self._keys, 2))
        found: list[_Trial] = []
        for decimals in (None, *self._paper_decimals()):
            for tried in (singles, pairs):
                found = self._best([*found, *self._followed(tried, decimals)])
                if found and not self._unexplained(found[0]):
                    return self._told(found)
        return self._told(found)

    def _told(self, found: list[_Trial]) -> tuple[Suspect, ...]:
        """What is worth telling of the trials that are left."""
        kept = [trial for trial in found if self._is_evident(trial)]
        # All of one factor: one thing misunderstood is likelier than two, where figures leave the
        # choice.
        kept.sort(key=lambda trial: not all(MISTAKES[key].of_slope for key in trial.mistakes))
        return tuple(
            Suspect(trial.mistakes, frozenset(trial.gives), trial.slips, trial.decimals)
            for trial in kept
        )

    def _followed(
        self, tried: Iterable[tuple[str, ...]], decimals: int | None
    ) -> list[_Trial]:
        """Trials followed from iteration to iteration, the best of each going on to the next."""
        specs = {keys: replace(self._spec, mistakes=keys) for keys in tried}
        trials = [
            _Trial(keys, FollowedRun(spec, self._start, decimals), decimals)
            for keys, spec in specs.items()
        ]
        usable, seen = self.open | self.settled, set[int]()
        for number, here in by_iteration(self._spec, self._figures).items():
            here = [k for k in here if k in usable]
            if not here:
                continue
            if number > PAPER_ITERATIONS and seen & self.open:
                # A long way is worth going only for what has given something already.
                trials = [t for t in trials if self.open & (t.gives | t.slips.keys())]
            seen.update(here)
            for trial in trials:
                self._check()
                trial.look_at(number, self._figures, here, self._check)
            trials = self._best(trials, seen)
        return trials

    def _best(self, trials: list[_Trial], seen: set[int] | None = None) -> list[_Trial]:
        """Those that leave least unexplained, of those that give most, of those the fewest
        mistakes, and without rounding rather than with it."""

        def rank(trial: _Trial) -> tuple[int, int, int, bool]:
            left = self._unexplained(trial)
            left = left if seen is None else left & seen
            on_paper = trial.decimals is not None
            return len(left), -len(trial.gives), len(trial.mistakes), on_paper

        best = min(map(rank, trials), default=None)
        return [trial for trial in trials if rank(trial) == best]

    def _unexplained(self, trial: _Trial) -> frozenset[int]:
        return self.open - trial.gives - trial.slips.keys()

    def _is_evident(self, trial: _Trial) -> bool:
        digits = sum(_digits(self._figures[k].printed) for k in trial.gives & self.open)
        return digits >= _EVIDENCE[len(trial.mistakes)]

    def _paper_decimals(self) -> tuple[int, ...]:
        """To how many decimals a source may have rounded its steps, if it did."""
        near = [
            places(self._figures[k].printed)
            for k in self.open
            if self._figures[k].iteration <= PAPER_ITERATIONS
        ]
        most = max(near, default=0)
        return (most, most + 1) if 2 <= most <= 10 else ()


def _listed(titles: Sequence[str]) -> str:
    """Some of what a search found, in a sentence."""
    shown = list(titles[:_MOST_TITLES])
    more = len(titles) - len(shown)
    if more:
        shown.append("one other" if more == 1 else f"{more} others")
    return ", or ".join(shown)


def _digits(printed: str) -> int:
    """How many significant digits a printed number shows."""
    return len(re.sub("[^0-9]", "", printed.partition("e")[0]).lstrip("0"))


def search(
    spec: Spec,
    start: Array,
    figures: Figures,
    compared: Sequence[Compared] | None = None,
    check: Check = never,
) -> SearchAnswer:
    """Which mistakes give the figures that right backpropagation does not.

    `start` has shape (size,); `compared` is the comparison of these figures without a mistake, if
    it is known. The mistakes that `spec` itself makes do not matter. Raises Interrupted if `check`
    does.
    """
    task = _Search(spec, start, figures, check)
    task.sort_out(compared)
    suspects = task.suspects() if task.open else ()
    return SearchAnswer(suspects, task.open, task.settled)


def explained(compared: Sequence[Compared], answer: SearchAnswer) -> tuple[Compared, ...]:
    """A comparison with the verdicts that a search adds to it."""
    if not answer.suspects:
        return tuple(compared)
    best = answer.suspects[0]
    named = _listed([suspect.title for suspect in answer.suspects])
    told = []
    for k, entry in enumerate(compared):
        if k in answer.open and k in best.gives:
            verdict = Verdict("mistake", f"By a mistake: {named}.", best.mistakes)
            entry = replace(entry, verdict=verdict)
        elif k in answer.open and k in best.slips:
            sentence = f"A mistake and a slip. With {named} {best.slips[k]}."
            entry = replace(entry, verdict=Verdict("slip", sentence, best.mistakes))
        told.append(entry)
    return tuple(told)
