"""The View of a run at its cursor: everything that there is to see just now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from engine.formulas.notation import DEFAULT, Notation
from engine.run.iteration import Iteration
from engine.run.spec import Data, State
from engine.training.history import Branch, Place
from gui.session.cursor import Cursor
from gui.session.worked_out import Results
from gui.view import View

if TYPE_CHECKING:
    from engine.run.paper import PaperIteration


class Writing(Struct, frozen=True):
    """How values are written: significant digits (None: all), notation, the decimals of paper
    mode (None: in full precision), and whose gradients, as View.gradients has it."""

    digits: int | None = 6
    notation: Notation = DEFAULT
    paper: int | None = None
    gradients: str = "batch"


class Viewing:
    """Makes views of a run. What is dear to work out is kept, see Results."""

    def __init__(self, cursor: Cursor) -> None:
        self.writing = Writing()
        self.checking = False  # whether gradients are to be checked
        # The rows of samples that are marked, and the data that they are rows of.
        self._marked: tuple[Data, tuple[int, ...]] | None = None
        self._cursor = cursor
        self._results = Results(cursor.background.compute_if_idle, cursor.moved.emit)

    def forget(self) -> None:
        """Drop what was worked out: another document is open."""
        self._results.forget()
        self._marked = None

    def mark(self, rows: Sequence[int]) -> None:
        """Mark samples of the present data, and no others."""
        self._marked = (self._cursor.spec.data, tuple(rows)) if rows else None

    @property
    def _rows_marked(self) -> tuple[int, ...]:
        known = self._marked
        return known[1] if known is not None and known[0] is self._cursor.spec.data else ()

    def view(self, changed: bool) -> View:
        """What there is to see; `changed` says whether there is something that was not saved."""
        cursor = self._cursor
        place, branch, state, standing = cursor.place, cursor.branch, cursor.state, cursor.standing
        moment = self._moment(place, state)
        if moment.evaluation is not None:
            branch.note(state, moment.evaluation)
        view = replace(
            moment,
            curve=place.leaf.curve.points,  # with the point just noted
            test_curve=place.leaf.test_curve.points,
            before=self._before(),
            check=self._results.check(branch, state) if self._is_to_check else None,
            ghosts=standing.roads.ghosts(cursor.history, place.branch),
            layout=standing.layout,
            grain=cursor.grain,
            taken=cursor.taken,
            training=cursor.training,
            rate=cursor.rate,
            gets_faster=cursor.gets_faster,
            until_epoch=None if cursor.errand is None else cursor.errand.until_epoch,
            divergence=cursor.divergence,
            title=standing.title,
            note=standing.note,
            start=branch.start,
            marked=self._rows_marked,
            published=standing.published,
            changed=changed,
            can_go_back=cursor.can_go_back,
        )
        return view.behind(cursor.curtain)

    @property
    def _is_to_check(self) -> bool:
        """Whether to check: while training, the gradient is another one many times a second."""
        wanted = self.checking and self._cursor.spec.can_train
        return wanted and not self._cursor.training and self._cursor.divergence is None

    def _moment(self, place: Place, state: State) -> View:
        """The part of a view that follows from a place."""
        branch, sample = place.owner, self._cursor.standing.sample
        iteration = self._results.iteration(branch, state) if place.revealed else None
        view = View(
            spec=branch.spec,
            theta=state.theta,
            t=place.t,
            revealed=place.revealed,
            sample=sample,
            sample_pass=self._results.sample_pass(branch, state, sample),
            evaluation=self._results.evaluation(branch, state),
            iteration=iteration,
            paper=self._paper(branch, iteration),
            curve=place.leaf.curve.points,
            digits=self.writing.digits,
            notation=self.writing.notation,
            gradients=self.writing.gradients,
        )
        if view.gradients == "batch" or view.worked is None or len(view.worked.rows) == 1:
            return view
        own = self._results.sample_gradient(branch, view.worked, view.worked_pass, sample)
        return replace(view, sample_gradient=own)

    def _paper(self, branch: Branch, iteration: Iteration | None) -> PaperIteration | None:
        """The iteration by hand, in paper mode."""
        decimals = self.writing.paper
        if decimals is None or iteration is None:
            return None
        return self._results.paper(branch, iteration, decimals)

    def _before(self) -> View | None:
        """The moment as it was before it was edited, if nothing was done since."""
        if self._cursor.edited is None:
            return None
        place, _, state = self._cursor.edited
        is_there = self._cursor.standing.sample < len(place.spec.data)
        return self._moment(place, state) if is_there else None
