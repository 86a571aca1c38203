"""Published against right in the window: compares and searches in the background, beside the run.

The comparison is that of the document's figures with its present settings from its start values,
wherever the cursor stands; it is made while the panel is open, and anew when one of these changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from engine.documents.document import Published
from engine.learn.published.comparison import PAPER_ITERATIONS, Compared, compare
from engine.learn.published.mistake_search import SearchAnswer, explained, search
from engine.maths.activations import Array
from engine.run.mistakes import MISTAKES
from engine.run.spec import Spec
from gui.learn.published.panel import PublishedPanel
from gui.learn.tool import WorkingTool
from gui.learn.tool_host import ToolHost
from gui.view import View

Asked = tuple[Spec, Array, tuple[Published, ...]]


class PublishedTool(WorkingTool):
    """Keeps the panel supplied, and turns what it reports into edits and moves of the session."""

    panel: PublishedPanel

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host, PublishedPanel())
        self._asked: Asked | None = None  # what the comparison is of
        self._compared: tuple[Compared, ...] | None = None
        self._answer: SearchAnswer | None = None
        self._wanted = False  # a search, as soon as the comparison is there
        self._going: Published | None = None  # where to, once the way there is trained
        panel = self.panel
        panel.figures_added.connect(host.intents.add_figures)
        panel.figure_changed.connect(host.intents.change_figure)
        panel.figure_removed.connect(host.intents.remove_figure)
        panel.step_requested.connect(self._go)
        panel.search_requested.connect(self._search)
        panel.search_stopped.connect(self._stop)
        panel.mistakes_wanted.connect(self._make)

    def on_closed(self) -> None:
        self._call_off()
        self._asked = None
        self._going = None

    # Comparing

    def follow(self, view: View) -> None:
        if view.start is None:
            return
        self._arrive(view)
        asked = (view.spec, view.start, view.published)
        if self._asked is not None and _same(asked, self._asked):
            return
        if self._asked is None or not _same_but_mistakes(asked, self._asked):
            self._answer = None
        self.panel.show_answer(None)
        self._asked = asked
        self._call_off()
        self._compare()

    def on_failed(self) -> None:
        self._call_off()

    def _compare(self) -> None:
        assert self._asked is not None
        figures = self._asked[2]
        self._compared = None
        self.panel.show_comparison(None)
        near = [k for k, figure in enumerate(figures) if figure.iteration <= PAPER_ITERATIONS]
        far = [k for k, figure in enumerate(figures) if figure.iteration > PAPER_ITERATIONS]
        self._compare_some([part for part in (near, far) if part], {})

    def _compare_some(self, parts: list[list[int]], known: dict[int, Compared]) -> None:
        """Compare the figures at these places, part by part: no verdict on those of the first
        iterations depends on later ones, and nobody waits for a long run to see them."""
        assert self._asked is not None
        spec, start, figures = self._asked
        if not parts:
            self._on_compared(tuple(known[k] for k in range(len(figures))))
            return
        here, *rest = parts

        def arrived(compared: tuple[Compared, ...]) -> None:
            found = known | dict(zip(here, compared, strict=True))
            if rest:
                self.panel.show_comparison([found.get(k) for k in range(len(figures))])
            self._compare_some(rest, found)

        some = tuple(figures[k] for k in here)
        self._background.compute(lambda check: compare(spec, start, some, check), arrived)

    def _on_compared(self, compared: tuple[Compared, ...]) -> None:
        self._compared = compared
        self._show()
        if self._wanted:
            self._search()

    def _show(self) -> None:
        assert self._asked is not None
        compared: Sequence[Compared] | None = self._compared
        if compared is not None and self._answer is not None and not self._asked[0].mistakes:
            compared = explained(compared, self._answer)
        self.panel.show_comparison(compared)

    # Which mistake?

    def _search(self) -> None:
        if self._asked is None:
            return
        if self._answer is not None:
            self.panel.show_answer(self._answer)
            return
        self.panel.show_searching(True)
        self._wanted = self._background.busy
        if self._wanted:
            return  # the comparison is part of the answer
        spec, start, figures = self._asked
        known = None if spec.mistakes else self._compared
        self._background.compute(
            lambda check: search(spec, start, figures, known, check), self._on_found
        )

    def _on_found(self, answer: SearchAnswer) -> None:
        self._answer = answer
        self.panel.show_searching(False)
        self._show()
        self.panel.show_answer(answer)

    def _stop(self) -> None:
        """Search no more; a comparison that it waited for goes on."""
        if self._compared is None:
            self._wanted = False
            self.panel.show_searching(False)
        else:
            self._call_off()

    def _call_off(self) -> None:
        self._wanted = False
        self._background.stop()
        self.panel.show_searching(False)

    def _make(self, keys: tuple[str, ...]) -> None:
        titles = " and ".join(MISTAKES[key].title for key in keys)
        self._host.session.set_mistakes(f"Mistake: {titles}", keys)

    # Going to a step

    def _go(self, figure: Published, deliberate: bool) -> None:
        """Show a figure's step; a way that has to be trained first only if that was meant."""
        session, t = self._host.session, figure.iteration - 1
        leaf = session.place.leaf
        reached = leaf.tip.t
        if not (deliberate or t <= reached):
            return
        if t < leaf.first_t:
            session.refused.emit("The road to here begins after this iteration.")
        elif figure.fits(leaf.spec_at(t)):
            self._going = figure if t > reached else None
            self._show_step(figure)
        elif deliberate:
            session.refused.emit(
                f"In iteration {figure.iteration} there is no such step, or no such sample."
            )

    def _arrive(self, view: View) -> None:
        """Show the step that the way was trained for."""
        figure = self._going
        if figure is None or view.training:
            return
        self._going = None
        if view.t != figure.iteration - 1 or view.revealed or not figure.step:
            return
        if figure.fits(view.spec):
            self._show_step(figure)

    def _show_step(self, figure: Published) -> None:
        row = None if figure.sample is UNSET else figure.sample
        self._host.session.show_step(figure.iteration - 1, figure.step or None, row)


def _same(asked: Asked, before: Asked) -> bool:
    return all(a is b for a, b in zip(asked, before, strict=True))


def _same_but_mistakes(asked: Asked, before: Asked) -> bool:
    """Whether a search would find the same."""
    others = [name for name in Spec.__struct_fields__ if name != "mistakes"]
    same_spec = all(getattr(asked[0], name) is getattr(before[0], name) for name in others)
    return same_spec and asked[1] is before[1] and asked[2] is before[2]
