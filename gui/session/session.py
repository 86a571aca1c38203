"""Session: the only owner of a run. What a person does to it goes through here, step by step back
and forth, as training, or as an edit that can be undone.

Each thing a person does ends in one `changed(View)`. Until something is there that is worked out
in the background the View says None in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from engine.documents.document import Document
from engine.documents.titles import title_after
from engine.formulas.notation import Notation
from engine.maths.activations import Array
from engine.maths.network import Network
from engine.run import edits
from engine.run.check_spec import SpecError
from engine.run.edits import Edit, edited_with_start, kept_revealed
from engine.run.mistakes import made_at_start
from engine.run.spec import BEGINNING, Spec, State, drawn_start, start_state
from engine.text.numbers import counted
from engine.training.history import DEFAULT_MEMORY, Branch, Place
from engine.training.trainer import Progress
from gui.session.cursor import Cursor
from gui.session.opening import opened, saved
from gui.session.undo import Change, Layout, Standing
from gui.session.viewing import Viewing, Writing

# What there is to keep: Standing, the numbers of the roads, and how far each has come.
Kept = tuple[Standing, list[int], list[int]]

_UNDO_CALLED_OFF = (
    "Undo was called off, since its moment was still being worked out. Wait a little longer for it."
)


class Session(Cursor):
    """One open document and everything done with it."""

    changed = Signal(object)
    opened = Signal()  # another document, before the first view of it

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        # A command moves the session first, and only then is the stack where it says it is.
        self.undo_stack.indexChanged.connect(self.announce)
        self.moved.connect(self.announce)
        self.memory = DEFAULT_MEMORY
        self._viewing = Viewing(self)
        self._telling = self._news = False
        # Where an undo or redo leads whose moment is still being worked out, and where the stack
        # stood before, which goes with what is shown until then.
        self._heading: tuple[Standing, int] | None = None
        self._following = False  # the stack follows what is shown
        self._document: Document
        self._saved: Kept | None  # what a file then gave back, as `to_keep` has it

    # The document

    def open(self, document: Document, is_saved: bool = True) -> None:
        """Show a document where it was left: its curve and place are back."""
        self._heading = None
        self._stop_job()
        self._viewing.forget()
        self.divergence = None
        self.edited = None
        self._document = document
        self.grain = document.grain
        self.history, self.standing = opened(document)
        self.history.memory = self.memory
        self._state = self.history.state_at(self.place.branch, self.place.t)
        self.undo_stack.blockSignals(True)
        self.undo_stack.clear()
        self.undo_stack.blockSignals(False)
        self._saved = self.to_keep if is_saved else None
        self.opened.emit()
        self.announce()

    def document(self) -> Document:
        """What is here, to be saved; training goes on."""
        resume, target, errand = self.training, self._target, self._errand
        self._stop_job()
        try:
            return self.document_so_far()
        finally:
            if resume:
                self._train_to(target, errand)

    def document_so_far(self) -> Document:
        """What is here, as far as it was told of: whatever runs is not disturbed. It is made of
        parts that never change, and another thread may read it."""
        return saved(self._document, self.history, self.standing, self.grain)

    @property
    def document_as_opened(self) -> Document:
        """What was opened, without what was done to it since."""
        return self._document

    def close(self) -> None:
        """Stop whatever runs; the session is not used again."""
        self._heading = None
        self._stop_job()
        self.background.close()

    @property
    def is_changed(self) -> bool:
        """Whether there is something that was not saved: an edit, or training since."""
        return self.to_keep != self._saved

    @property
    def is_edited(self) -> bool:
        """Whether there is something that was not saved beside training since."""
        return self._saved is None or self.to_keep[:2] != self._saved[:2]

    @property
    def to_keep(self) -> Kept:
        """What would be lost without being saved: all of Standing but where on its road the cursor
        is, and how far each road that a file keeps has come."""
        leaf = self.place.leaf
        standing = replace(self.standing, place=Place(leaf, leaf.first_t), sample=0)
        kept = standing.roads.kept(self.history, leaf.number)
        return standing, [b.number for b in kept], [b.tip.t for b in kept]

    def stand_at(self, t: int, revealed: int, sample: int) -> None:
        """Go to a place of the present road, and look at a sample; stay if there is none."""
        try:
            place = Place(self.place.leaf, t, revealed)
        except ValueError:
            return
        self.choose_sample(sample)
        self._stop_job()
        self._go(place)

    def mark_saved(self, kept: Kept | None = None) -> None:
        """Remember what stands in the file: what was to keep when it was written, or is now."""
        self._saved = kept or self.to_keep
        self.announce()

    def set_memory(self, memory: int) -> None:
        """Bound the memory for the way back, in bytes, from now on."""
        self.memory = self.history.memory = memory

    # What there is to see

    def announce(self, *_: object) -> None:
        """Tell the window what there is to see.

        What a listener changes meanwhile is told once everyone has heard of this, so that nobody
        is left with an older view.
        """
        self._news = True
        if self._telling:
            return
        self._telling = True
        try:
            while self._news:
                self._news = False
                self.changed.emit(self._viewing.view(self.is_changed))
        finally:
            self._telling = False

    @property
    def writing(self) -> Writing:
        """How values are written everywhere."""
        return self._viewing.writing

    @writing.setter
    def writing(self, writing: Writing) -> None:
        self._viewing.writing = writing

    def _write(self, **changes: Any) -> None:
        self.writing = replace(self.writing, **changes)
        self.announce()

    def set_digits(self, digits: int | None) -> None:
        """Choose how many significant digits are shown everywhere; None for all."""
        self._write(digits=digits)

    def set_notation(self, notation: Notation) -> None:
        """Choose how quantities are written everywhere."""
        self._write(notation=notation)

    def set_paper(self, decimals: int | None) -> None:
        """Show steps as they come out by hand, with so many decimals; None: in full precision.

        Only what is shown changes. Training and the parameters stay in full precision.
        """
        self._write(paper=decimals)

    def set_gradients(self, whose: str) -> None:
        """Choose whose gradients are shown, as View.gradients has it."""
        self._write(gradients=whose)

    def mark_samples(self, rows: Sequence[int]) -> None:
        """Mark samples in data and result, and no others, and show the first of them."""
        self._viewing.mark(rows)
        if rows and self.standing.sample not in rows:
            self.choose_sample(rows[0])
        self.announce()

    def check_gradients(self, checking: bool) -> None:
        """Check the gradient of the iteration at the cursor from now on, or no more."""
        self._viewing.checking = checking
        self.announce()

    @property
    def roads_beside(self) -> list[tuple[Branch, str]]:
        """The abandoned roads that a file can do without, with their names."""
        return self.standing.roads.beside(self.history, self.place.branch)

    def leave_out(self, numbers: Sequence[int]) -> None:
        """Remove roads beside the present one, and all that forked from them, in one undo step."""
        gone = [
            branch.number
            for branch, _ in self.roads_beside
            if any(each.number in numbers for each in self.history.road(branch.number))
        ]
        text = f"Leave out {counted(len(gone), 'road')}"
        self.change(text, roads=self.standing.roads.without(*gone))

    # Edits

    def apply(
        self, text: str, edit: Edit, *arguments: Any, gesture: str = "", **settings: Any
    ) -> bool:
        """Carry out an edit (of engine.run.edits or reshaping) at the cursor, as one undo step, or
        with those before it of the same gesture.

        The cursor stays at its StepId. An edit before the first update changes the start values
        too. A refused edit changes nothing and its sentence goes out by `refused`.
        """
        resume, target, errand = self.training, self._target, self._errand
        self._stop_job()
        before, branch = self.standing, self.branch
        spec, state = branch.spec, self.state
        try:
            new_spec, new_state, start = edited_with_start(
                spec, state, branch.start, edit, *arguments, **settings
            )
        except SpecError as error:
            self.announce()
            self.refused.emit(error.told)
            return False
        place = self.place
        sample = min(before.sample, len(new_spec.data) - 1)
        revealed = kept_revealed(spec, new_spec, place.revealed)
        revealed = min(revealed, new_spec.steps_of(sample))
        began = self._named(text)
        if new_spec is not spec and branch.parent is None and place.t == branch.fork_t:
            began = branch.name  # of a run that has not begun, settings speak for themselves
        made = self.history.fork(place, began, new_spec, start, new_state)
        after = replace(
            before,
            place=Place(made, place.t, revealed),
            title=title_after(before.title, spec.network.sizes, new_spec.network.sizes),
            layout=_layout_after(before.layout, spec.network, new_spec.network),
        )
        self.edited = (place, after.place, state)
        self._push(text, before, after, gesture)
        if resume:
            self._train_to(target, errand)
        return True

    def rename(self, text: str, edit: Edit, *arguments: Any) -> None:
        """Carry out an edit of names alone, as one undo step. The run stays the same run, at the
        same moment: all that has been run by these names, before and after it and on roads that
        were left, is called anew."""
        resume, target, errand = self.training, self._target, self._errand
        self._stop_job()
        before, spec, renamed = self.standing, self.spec, dict(self.standing.renamed)
        made: dict[int, Spec] = {}  # many branches are run by one Spec
        try:
            for branch in self.history.branches:
                if _has_names_of(branch.spec, spec):
                    if id(branch.spec) not in made:
                        made[id(branch.spec)] = edit(branch.spec, branch.tip, *arguments)[0]
                    renamed[branch.number] = made[id(branch.spec)]
        except SpecError as error:
            self.announce()
            self.refused.emit(error.told)
            return
        layout = _layout_after(before.layout, spec.network, made[id(spec)].network)
        self._push(text, before, replace(before, renamed=renamed, layout=layout))
        if resume:
            self._train_to(target, errand)

    def reset(self) -> None:
        """Go back to the start values: the same ones. Where nothing was ever run from them there is
        nothing to leave, and the cursor goes to the beginning."""
        spec, leaf = self.spec, self.place.leaf
        if leaf.parent is None and leaf.tip.t == 0 and _is_start(leaf.tip, spec, leaf.start):
            self.seek(0)
            return
        self._restart("Reset: start values", spec, self.branch.start)

    def new_seed(self) -> None:
        """Draw other start values, from the next seed."""
        self.choose_seed(self.spec.seed + 1)

    def choose_seed(self, seed: int) -> None:
        """Draw start values from a seed, and stand before the first update."""
        spec = replace(self.spec, seed=seed)
        theta = drawn_start(spec, self.branch.start, seed)
        self._restart(f"New seed: {seed}", spec, theta)

    def _restart(self, text: str, spec: Spec, theta: Array) -> None:
        self._stop_job()
        before = self.standing
        spec = replace(spec, batching=replace(spec.batching, since=BEGINNING))
        made = self.history.restart("", spec, theta, start_state(spec, theta))
        self._push(text, before, replace(before, place=Place(made, 0)))

    def set_mistakes(self, text: str, mistakes: tuple[str, ...]) -> None:
        """Make these mistakes from here on, and no others. A change of those that are made at the
        start begins the run anew."""
        if made_at_start(mistakes) == made_at_start(self.spec.mistakes):
            self.apply(text, edits.set_mistakes, mistakes)
        else:
            self._restart(text, replace(self.spec, mistakes=mistakes), self.branch.start)

    def move_unit(self, name: str, x: float, y: float) -> None:
        """Keep where a node was dragged."""
        self.change(f"Move {name}", layout={**self.standing.layout, name: (x, y)})

    def reset_layout(self) -> None:
        """Put every node back where the program would draw it."""
        self.change("Reset layout", layout={})

    def describe(self, title: str, note: str) -> None:
        """Change the document's title and note."""
        self.change("Title and note", title=title, note=note)

    # What every edit comes to

    def change(self, text: str, **changes: Any) -> None:
        """Change fields of Standing that leave the run alone, in one undo step; it trains on."""
        resume, target, errand = self.training, self._target, self._errand
        self._stop_job()
        before, after = self.standing, replace(self.standing, **changes)
        if after != before:
            self._push(text, before, after)
        if resume:
            self._train_to(target, errand)

    def _named(self, text: str) -> str:
        epoch = self.spec.epoch_position(self.place.t)
        digits = max(6, len(str(int(epoch))))  # a whole epoch has all its digits
        return f"{text} (epoch {epoch:,.{digits}g})" if self.place.t else text

    def _push(self, text: str, before: Standing, after: Standing, gesture: str = "") -> None:
        self._stop_job()
        self.undo_stack.push(
            Change(self._named(text), before, after, self._going_to, self._stand, gesture)
        )

    def _going_to(self) -> Standing | None:
        """Where the person stands, or will as soon as it is worked out."""
        if self._following:
            return None
        return self.standing if self._heading is None else self._heading[0]

    def _stand(self, standing: Standing) -> None:
        """Go where an undo or redo leads; the stack announces it when it is done."""
        shown = self.undo_stack.index() if self._heading is None else self._heading[1]
        self._heading = None  # from one undo to the next nothing is called off
        self._stop_job()
        self.divergence = None
        self._go(standing.place, standing)
        if self.busy:
            self._heading = standing, shown

    def _arrive(self, place: Place, state: State, announce: bool = True) -> None:
        self._heading = None
        if self.history.rename(self.standing.renamed):
            self._viewing.forget()  # what was worked out is called by the names before
        super()._arrive(place, state, announce)

    def _on_failed(self, slices: list[Progress]) -> None:
        self._call_off_undo()
        super()._on_failed(slices)

    def _stop_job(self) -> None:
        super()._stop_job()
        if self._heading is not None:
            self._call_off_undo()
            # Said once what called it off is shown.
            QTimer.singleShot(0, self, partial(self.refused.emit, _UNDO_CALLED_OFF))

    def _call_off_undo(self) -> None:
        """Bring the stack back to where what is shown belongs."""
        if self._heading is not None:
            (_, shown), self._heading = self._heading, None
            self._following = True
            self.undo_stack.setIndex(shown)
            self._following = False


def _is_start(state: State, spec: Spec, start: Array) -> bool:
    """Whether a run that begins with these start values begins with a state."""
    first = start_state(spec, start)
    vectors = zip((state.theta, *state.slots), (first.theta, *first.slots), strict=True)
    return spec.batching.since == BEGINNING and all(np.array_equal(*each) for each in vectors)


def _has_names_of(spec: Spec, other: Spec) -> bool:
    """Whether two networks have the same units by the same names, and so for their targets."""
    return (
        spec.network.unit_names == other.network.unit_names
        and spec.network.sizes == other.network.sizes
        and spec.data.target_names == other.data.target_names
    )


def _layout_after(layout: Layout, before: Network, after: Network) -> Layout:
    """Where nodes were moved, by the names that they have now."""
    if not layout or before.sizes != after.sizes:
        return layout
    names = dict(zip(before.unit_names, after.unit_names, strict=True))
    return {names.get(name, name): place for name, place in layout.items()}
