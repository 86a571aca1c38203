"""Published figures: what a source prints against what the program gives, figure by figure.

A figure is compared with the run that a document describes, from its start values. Where they
differ, the comparison says what it can say by itself: that the source rounded on its way, that it
counts with another sign, that a digit slipped. Which mistake would give a figure is asked in
engine.learn.published.mistake_search.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import UNSET, Struct
from msgspec.structs import replace

from engine.documents.document import Published
from engine.learn.published.printed import Match, match, places, slip, written_like
from engine.maths.activations import Array
from engine.run.iteration import Check, Iteration, evaluate, iterate, never
from engine.run.mistakes import MISTAKES
from engine.run.paper import PaperIteration, paper_iteration
from engine.run.spec import Spec, start_state
from engine.run.step_values import step_value
from engine.text.numbers import format_count
from engine.training.trainer import Trainer

Figures = Sequence[Published]

# For each verdict the sign that goes before it (it is never told by colour alone), what it is
# called, and what follows the number of figures in a summary: one, and several.
_VERDICTS = {
    "agrees": ("✓", "agrees", "agrees", "agree"),
    "rounded": ("≈", *["rounded on the way"] * 3),
    "convention": ("±", "other sign", "with the other sign", "with the other sign"),
    "mistake": ("✗", *["by a mistake"] * 3),
    "slip": ("✎", "a slip", "slip", "slips"),
    "without": ("✗", *["right without the mistake"] * 3),
    "differs": ("✗", "differs", "differs", "differ"),
    "undecided": ("?", *["cannot be decided"] * 3),
}
MOST_ITERATIONS = 1_000_000  # that a run is followed for a figure
_PAPER_DECIMALS = range(2, 11)
PAPER_ITERATIONS = 10  # further than that nobody goes by hand
_NO_FRAMES = 10**9


def dropout_note(spec: Spec) -> str:
    """What a source's figures are held against where units are dropped, as a sentence; "" where
    none are."""
    if not spec.network.has_dropout:
        return ""
    return (
        "Dropout is on: the program draws which units are left out, and the source drew other "
        "masks, so its figures may differ and both be right."
    )


class Verdict(Struct, frozen=True):
    """What a comparison comes to: a key of the table above, a sentence, and the mistakes that it
    names."""

    key: str
    sentence: str
    mistakes: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """The sign that goes before it."""
        return _VERDICTS[self.key][0]

    @property
    def words(self) -> str:
        """What it is called, in a word or a few."""
        return _VERDICTS[self.key][1]


class Compared(Struct, frozen=True):
    """A figure, the program's value (NaN where there is none), and the verdict."""

    figure: Published
    value: float
    verdict: Verdict

    @property
    def shown(self) -> str:
        """The program's value with the places that the printed one has."""
        return written_like(self.value, self.figure.printed) if math.isfinite(self.value) else "–"


class FollowedRun:
    """A run from its start values, followed as far as somebody asks; with `decimals` on paper.

    It obeys the mistakes of the Spec.
    """

    def __init__(self, spec: Spec, start: Array, decimals: int | None = None) -> None:
        self._spec = replace(spec, metrics=())
        self._state = start_state(spec, start)
        self._decimals = decimals

    def iteration(self, number: int, check: Check = never) -> Iteration | None:
        """An iteration, from 1; they are asked for in order. None beyond a divergence, and on
        paper beyond what anybody does by hand. Raises Interrupted if `check` does."""
        if self._decimals is None:
            trainer = Trainer(self._spec, self._state, _NO_FRAMES, recorded=math.inf)
            trainer.advance(number - 1 - self._state.t, check=check)
            self._state = trainer.state
        while self._decimals is not None and self._state.t < number - 1 < PAPER_ITERATIONS:
            self._state = self._on_paper(check, self._decimals).next_state
        if self._state.t != number - 1:
            return None
        if self._decimals is not None:
            return self._on_paper(check, self._decimals)
        return iterate(self._spec, self._state, check)

    def _on_paper(self, check: Check, decimals: int) -> PaperIteration:
        return paper_iteration(iterate(self._spec, self._state, check), decimals)


def values_at(iteration: Iteration, figures: Iterable[Published]) -> list[float]:
    """The values of figures of one iteration; NaN for a metric on paper."""
    spec = iteration.spec
    passes = {row: iteration.sample(row) for row in {figure.sample or 0 for figure in figures}}
    values = []
    for figure in figures:
        if figure.step is not UNSET:
            values.append(step_value(iteration, figure.step, passes[figure.sample or 0]))
        elif isinstance(iteration, PaperIteration):
            values.append(math.nan)
        else:
            spec = spec.training
            outputs = evaluate(spec, iteration.state.theta).outputs
            assert figure.metric is not UNSET
            value = spec.metric(figure.metric, outputs)
            values.append(float(value))
    return values


def figure_values(
    spec: Spec, start: Array, figures: Figures, decimals: int | None = None, check: Check = never
) -> tuple[float, ...]:
    """The values of figures along a run; NaN for what there is not, and beyond a divergence."""
    values = [math.nan] * len(figures)
    run = FollowedRun(spec, start, decimals)
    for number, here in by_iteration(spec, figures).items():
        iteration = run.iteration(number, check)
        if iteration is None:
            break
        found = values_at(iteration, [figures[k] for k in here])
        for k, value in zip(here, found, strict=True):
            values[k] = value
    return tuple(values)


def by_iteration(spec: Spec, figures: Figures) -> dict[int, list[int]]:
    """The positions of the figures that a Spec has within reach, under their iterations in
    order."""
    found: dict[int, list[int]] = {}
    for k in sorted(range(len(figures)), key=lambda k: figures[k].iteration):
        if figures[k].fits(spec) and figures[k].iteration <= MOST_ITERATIONS:
            found.setdefault(figures[k].iteration, []).append(k)
    return found


def compare(
    spec: Spec, start: Array, figures: Figures, check: Check = never
) -> tuple[Compared, ...]:
    """Compare figures with the run that a Spec makes from start values, shape (size,).

    Raises Interrupted if `check` does.
    """
    values = figure_values(spec, start, figures, check=check)
    verdicts = [_at_once(spec, figure, v) for figure, v in zip(figures, values, strict=True)]
    if spec.mistakes and any(verdict is None for verdict in verdicts):
        right = figure_values(replace(spec, mistakes=()), start, figures, check=check)
        for k, value in enumerate(right):
            if verdicts[k] is None and match(value, figures[k].printed) is not None:
                verdicts[k] = _without(spec, figures[k])
    for k in _by_convention(figures, values, verdicts):
        verdicts[k] = _convention(figures, verdicts, k)
    for k, decimals in _on_the_way(spec, start, figures, verdicts, check).items():
        sentence = f"Carried with {decimals} decimals, every step rounded, it is exactly this."
        verdicts[k] = Verdict("rounded", f"Rounded on the way. {sentence}")
    return tuple(
        Compared(figure, value, verdict or _differs(value, figure.printed))
        for figure, value, verdict in zip(figures, values, verdicts, strict=True)
    )


def _at_once(spec: Spec, figure: Published, value: float) -> Verdict | None:
    """The verdict that needs nothing but the figure and the value; None where it differs."""
    if not figure.fits(spec):
        return Verdict("undecided", "This network has no such quantity.")
    if figure.iteration > MOST_ITERATIONS:
        sentence = f"No run is followed here for more than {format_count(MOST_ITERATIONS)} updates."
        return Verdict("undecided", sentence)
    if figure.unknown_start:
        sentence = (
            "Nobody can decide: the source does not say from which start values it ran. From those "
            "stored here the program gives the value beside it."
        )
        return Verdict("undecided", sentence)
    if not math.isfinite(value):
        return Verdict("differs", "The run leaves the finite numbers before this.")
    how = match(value, figure.printed)
    if how is None:
        return None
    sentence = {
        Match.ROUNDED: "Agrees in every digit printed.",
        Match.TRUNCATED: f"Agrees, cut off: rounded it is {written_like(value, figure.printed)}.",
        Match.IN_ALL_BUT_ROUNDING_ERRORS: "Agrees as far as double precision goes: the last digits "
        "depend on the order in which a program adds.",
    }[how]
    return Verdict("agrees", sentence)


def _without(spec: Spec, figure: Published) -> Verdict:
    names = " and ".join(f"“{MISTAKES[key].title}”" for key in spec.mistakes)
    return Verdict("without", f"This figure is right: without {names} the program gives it.")


def _is_gradient(figure: Published) -> bool:
    return figure.step is not UNSET and figure.step.phase == "backward"


def _by_convention(
    figures: Figures, values: Sequence[float], verdicts: Sequence[Verdict | None]
) -> list[int]:
    """Which gradients and deltas are exactly minus the program's, while no update says that they
    were used so."""
    found = []
    for k, figure in enumerate(figures):
        if verdicts[k] is not None or not _is_gradient(figure):
            continue
        used = _updates_with(figures, figure)
        if match(-values[k], figure.printed) and (not used or any(verdicts[j] for j in used)):
            found.append(k)
    return found


def _updates_with(figures: Figures, figure: Published) -> list[int]:
    """The figures that show how the gradients of the same iteration were used."""
    return [
        k
        for k, other in enumerate(figures)
        if other.iteration == figure.iteration
        and other.step is not UNSET
        and other.step.phase in ("update", "check")
    ]


def _convention(figures: Figures, verdicts: Sequence[Verdict | None], k: int) -> Verdict:
    step = figures[k].step
    assert step is not UNSET
    called = "−∂E/∂z the delta" if step.kind == "delta" else "−∂E/∂w the gradient"
    if _updates_with(figures, figures[k]):
        rest = f"the source calls {called} and adds where one subtracts, so its updates agree."
    else:
        rest = "that is another convention if it is added to the weight, a mistake if subtracted."
    return Verdict("convention", f"Exactly minus the program’s: {rest}")


def _on_the_way(
    spec: Spec,
    start: Array,
    figures: Figures,
    verdicts: Sequence[Verdict | None],
    check: Check,
) -> dict[int, int]:
    """Which figures come out exactly when every step is rounded, and to how many decimals.

    Whoever carries so many decimals prints no more of them. One number of decimals that gives many
    figures is more likely than several.
    """
    open_ones = {
        k
        for k, figure in enumerate(figures)
        if verdicts[k] is None and figure.iteration <= PAPER_ITERATIONS
    }
    if not open_ones:
        return {}
    gives: dict[int, set[int]] = {}
    for decimals in _PAPER_DECIMALS:
        values = figure_values(spec, start, figures, decimals, check)
        gives[decimals] = {
            k
            for k, value in enumerate(values)
            if places(figures[k].printed) <= decimals and match(value, figures[k].printed)
        }
    found: dict[int, int] = {}
    order = sorted(gives, key=lambda d: (len(gives[d] & open_ones), len(gives[d]), d))
    for decimals in order:  # the best last, so that it has the last word
        found |= dict.fromkeys(gives[decimals] & open_ones, decimals)
    return found


def _differs(value: float, printed: str) -> Verdict:
    slipped = slip(value, printed)
    if slipped:
        return Verdict("slip", f"Probably a slip: {slipped}.")
    return Verdict("differs", f"Differs: it would be {written_like(value, printed)}.")


def summary(compared: Iterable[Compared]) -> str:
    """What a comparison comes to in a line: "12 agree, 2 differ"."""
    count = Counter(entry.verdict.key for entry in compared)
    return ", ".join(
        f"{count[key]} {several if count[key] > 1 else one}"
        for key, (_, _, one, several) in _VERDICTS.items()
        if count[key]
    )
