"""DerivationPanel: why the number at the cursor, or any other that was asked for, is what it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu

from engine.derivations.as_text import solution_latex, solution_text
from engine.derivations.derive import Derivation, Factor, derive
from engine.derivations.given import about_given, about_parameter
from engine.derivations.matrix import derive_layer, has_matrix_form, layer_group
from engine.formulas.writers import latex_number, prose_text
from engine.maths.network import Parameter
from engine.run.given import Given
from engine.run.steps import EXTRA_KINDS, StepId, title_of
from engine.text.numbers import format_count
from gui import theme
from gui.formulas.derivation_view import BAR, DerivationView, Explanation
from gui.formulas.typesetting import Typesetter
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card

Asked = StepId | Parameter | Given

_TITLE, _SHORT_TITLE = "Why this number?", "Why?"
_HOW_TO_EDIT = "A double click, Enter or a digit edits it."

# Milliseconds of rest after which formulas are typeset; holding the step key never gets there.
_REST = 25
_LONG_REST = 700  # before what setting needs is loaded: the window has just come up


class DerivationPanel(Card):
    """The card "Why this number?".

    It derives the step at the cursor for the sample that is looked at, or says of the number of
    `ask`, until the cursor moves, where it comes from or what it is. `factor_hovered` carries what
    the factor under the pointer belongs to: a StepId, a Parameter, or None; `explained` the step
    that is derived now, or None. `copied` says what went to the clipboard.
    """

    factor_hovered = Signal(object)
    explained = Signal(object)
    copied = Signal(str)

    def __init__(self) -> None:
        super().__init__(_TITLE)
        self._view: View | None = None
        self._asked: Asked | None = None
        self._matrix: bool | None = None  # what was chosen for the present grain
        self._state: tuple[object, ...] = ()
        # Each derivation is shown twice, then as the previous one.
        self._derive = lru_cache(maxsize=4)(derive)

        self.back_button = Button(
            "back", "derivationBack", "Back to the cursor", self._on_back, link=True
        )
        self.back_button.setAccessibleName("back to the number at the cursor")
        self.long_button = Button(
            "long", "derivationLong", "Spell out what the short form leaves out", link=True
        )
        self.long_button.setAccessibleName("long form")
        self.long_button.setCheckable(True)
        self.long_button.toggled.connect(self._on_long)
        self.copy_button = Button(
            "copy ▾", "derivationCopy", "Copy this derivation", self._on_copy, link=True
        )
        self.copy_menu = self._copy_menu()
        self.matrix_button = Button(
            "matrix", "derivationMatrix", "Show the layer's whole step in matrix form",
            self._on_matrix, link=True,
        )
        self.matrix_button.setCheckable(True)
        for button in (
            self.back_button, self.long_button, self.matrix_button, self.copy_button,
        ):  # fmt: skip
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            self.corner.addWidget(button)

        self.inside = DerivationView()
        self.inside.setAccessibleName("derivation")
        self.inside.hovered.connect(self._on_hovered)
        self.inside.clicked.connect(self.ask)
        self.body.addWidget(self.inside, 1)
        # The scroll bar stands in the card's margin, so that nothing moves when it appears.
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(theme.MARGIN, 10, theme.MARGIN - BAR, theme.MARGIN)
        self.corner.setContentsMargins(0, 0, BAR, 0)
        self.corner.setSpacing(6)

        self._typesetter = Typesetter(self)
        self._typesetter.ready.connect(self._on_typeset)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._on_rest)
        self._show()

    # What is shown

    def display(self, view: View) -> None:
        """Show the derivation of the view's step; of the one asked for while the cursor stays."""
        before = self._view
        moved = before is not None and (before.t, before.revealed) != (view.t, view.revealed)
        if moved or not _has(view, before, self._asked):
            self._asked = None
        if before is not None and before.grain != view.grain:
            self._matrix = None
        self._view = view
        self._show()

    def ask(self, number: Asked) -> None:
        """Show of another number, until the cursor moves on, how it was worked out; of one that
        is given what it is. A parameter stands for what was worked out of it last."""
        self._asked = number
        self._show()

    @property
    def is_asked(self) -> bool:
        """Whether it speaks of a number that was asked for, which is not the cursor's."""
        return self._asked is not None

    def highlight(self, about: object) -> None:
        """Mark the factor that belongs to a StepId or a Parameter; None unmarks it."""
        derivation = self.derivation
        factors = () if derivation is None else derivation.factors
        self.inside.mark(_factor_about(factors, about))

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._state = ()
        self._show()

    @property
    def derivation(self) -> Derivation | None:
        """The derivation that is shown, if there is one."""
        return self.inside.shown.derivation

    def _show(self) -> None:
        view = self._view
        asked = self._asked if view is None else _worked_out(view, self._asked)
        if view is not None and asked == view.step:
            asked = self._asked = None
        step = view.step if asked is None and view is not None else asked
        state = (
            None if view is None else _looks(view),
            step,
            _what_it_is(view, step) if view is not None else "",
            view is not None and view.training,
            self.long_button.isChecked(),
            self._in_matrix_form,
        )
        if state == self._state:
            return
        self._state = state
        self._rest.stop()
        self._typesetter.cancel()
        shown = self._shown(view, step)
        derivation = shown.derivation
        self.back_button.setVisible(self._asked is not None)
        self.long_button.setVisible(derivation is not None and bool(derivation.long_form))
        self.copy_button.setVisible(derivation is not None)
        self.matrix_button.setVisible(
            derivation is not None and view is not None and self._ends_a_layer(view)
        )
        self.matrix_button.setChecked(self._in_matrix_form)
        self.matrix_button.setText("number" if self._in_matrix_form else "matrix")
        self._fit_title()
        self.inside.show_this(shown)
        if derivation is None:
            self.inside.setAccessibleDescription(prose_text(shown.message))
        elif QAccessible.isActive():  # where nobody listens it would only delay every step
            self.inside.setAccessibleDescription(shown.lead + derivation.text)
        if view is not None and not view.training:
            self._rest.start(_REST if self.derivation is not None else _LONG_REST)
        is_number = derivation is not None and derivation.step == step and not self._matrix_shown
        self.explained.emit(step if is_number else None)

    def _fit_title(self) -> None:
        """Write the title as long as the buttons beside it leave room for."""
        self.corner.invalidate()  # Qt does it later, and the width is asked for at once
        beside = self.corner.sizeHint().width() + 2 * theme.MARGIN + theme.GAP
        needed = QFontMetrics(theme.font(theme.TITLE, bold=True)).horizontalAdvance(_TITLE)
        self.title.setText(_TITLE if needed <= self.width() - beside else _SHORT_TITLE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_title()

    def _shown(self, view: View | None, step: Asked | None) -> Explanation:
        """A derivation of a step of the view, or words where there is none."""
        if view is None:
            return Explanation(message=("…",))
        if view.training:
            return Explanation(
                message=("Training is running. Pause it to ask a number where it comes from.",)
            )
        if step is None:
            first = title_of(view.spec.network, view.steps.id_at(0), view.notation)
            return Explanation(message=(
                "Nothing is worked out yet. Step (Space or Page Down) to the first number, the "
                f"{first}.",
            ))
        if not (isinstance(step, StepId) and view.is_revealed(step)):
            words = _not_yet(view, step) if isinstance(step, StepId) else _what_it_is(view, step)
            message = (words,)
            previous, digits = self._previous(view), view.worked_digits
            return Explanation(message=message, previous=previous, digits=digits)
        known = (step, view.steps.known_with(step))
        if view.curtain is not None and any(map(view.curtain.locks, known)):
            locked = "This document is locked: this value is not derived here."
            return Explanation(message=(locked,))
        if view.worked is None:
            return Explanation(message=("…",))
        if self._matrix_shown:
            return Explanation(
                derive_layer(view.worked, step, view.sample, view.notation),
                titled=True,
                digits=view.worked_digits,
            )
        return Explanation(
            self._derive(view.worked, step, view.sample, view.notation, _is_own(view)),
            self._previous(view),
            titled=self._asked is not None,
            lead=self._lead(view),
            long=self.long_button.isChecked(),
            digits=view.worked_digits,
        )

    def _lead(self, view: View) -> str:
        """Says of the step at the cursor that others were taken with it, where they were."""
        if self._asked is not None or not view.together:
            return ""
        count = view.revealed - view.together[0].start
        return f"last of {format_count(count)} steps: " if count > 1 else ""

    @property
    def _matrix_shown(self) -> bool:
        return (
            self._view is not None and self._in_matrix_form and self._ends_a_layer(self._view)
        )

    def _ends_a_layer(self, view: View) -> bool:
        """Whether the step shown is the cursor's and completes what a matrix form shows."""
        step = view.step
        if self._asked is not None or view.worked is None or step is None:
            return False
        if view.paper is not None:
            return False  # on paper every number is rounded by itself
        if not has_matrix_form(view.spec, step):
            return False
        return layer_group(view.worked, step).stop == view.revealed

    @property
    def _in_matrix_form(self) -> bool:
        """Whether layers are shown in matrix form: what was chosen, else when stepping by them."""
        if self._matrix is not None:
            return self._matrix
        return self._view is not None and self._view.grain == "layer"

    def _previous(self, view: View) -> Derivation | None:
        """The derivation before the one shown: of the step before, or of the cursor's where
        another number was asked for."""
        revealed = view.revealed
        if self._asked is None or self._asked == view.step:
            revealed -= 1
        if view.worked is None or revealed < 1:
            return None
        step = view.steps.id_at(revealed - 1)
        if view.curtain is not None and view.curtain.locks(step):
            return None
        return self._derive(view.worked, step, view.sample, view.notation, _is_own(view))

    # Typesetting

    def _on_rest(self) -> None:
        if self.derivation is None:
            self._typesetter.get_ready()
        else:
            self._typesetter.ask(self.inside.wanted())

    def _on_typeset(self) -> None:
        self.inside.show_this(replace(self.inside.shown, typeset=True))

    # What is done

    def _on_hovered(self, factor: Factor | None) -> None:
        self.factor_hovered.emit(None if factor is None else factor.about)

    def _on_back(self) -> None:
        self._asked = None
        self._show()

    def _on_matrix(self) -> None:
        self._matrix = not self._in_matrix_form
        self._show()

    def _on_long(self) -> None:
        self.long_button.setText("short" if self.long_button.isChecked() else "long")
        self._show()

    def _copy_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, copy in (
            ("as LaTeX", self._copy_latex),
            ("as text", self._copy_text),
            ("as picture", self._copy_picture),
        ):
            menu.addAction(name).triggered.connect(copy)
        return menu

    def _on_copy(self) -> None:
        self.copy_menu.popup(self.copy_button.mapToGlobal(self.copy_button.rect().bottomLeft()))

    def _copy_latex(self) -> None:
        if self.derivation is not None:
            digits = self.inside.shown.digits
            number = latex_number(self.derivation.digits(digits))
            QGuiApplication.clipboard().setText(solution_latex(self.derivation, number, digits))
            self.copied.emit("LaTeX")

    def _copy_text(self) -> None:
        if self.derivation is not None:
            text = solution_text(self.derivation, self.inside.shown.digits)
            QGuiApplication.clipboard().setText(text)
            self.copied.emit("text")

    def _copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.inside.picture())
        self.copied.emit("picture")


def _is_own(view: View) -> bool:
    """Whether gradients are those of the sample alone."""
    return view.gradients == "sample" and view.sample_gradient is not None


def _looks(view: View) -> tuple[object, ...]:
    """What a derivation of a step depends on."""
    place = view.worked, view.spec, view.revealed, view.sample
    return *place, view.worked_digits, view.notation, view.curtain, view.together, _is_own(view)


def _factor_about(factors: Sequence[Factor], about: object) -> Factor | None:
    """The factor that belongs to something; for a unit's value else one of the same unit."""
    parameter = about.parameter if isinstance(about, StepId) else about
    for factor in factors:
        its = factor.about.parameter if isinstance(factor.about, StepId) else factor.about
        if about is not None and (factor.about == about or (its is not None and its == parameter)):
            return factor
    if not isinstance(about, StepId) or about.parameter is not None:
        return None
    unit = about.layer, about.unit
    for factor in factors:
        step = factor.about
        if isinstance(step, StepId) and step.parameter is None and (step.layer, step.unit) == unit:
            return factor
    return None


def _has(view: View, before: View | None, asked: Asked | None) -> bool:
    """Whether there is still in a view what was asked for."""
    if asked is None or isinstance(asked, StepId):
        return asked is None or view.steps.known_with(asked) in view.steps
    return before is not None and before.spec.network is view.spec.network


def _worked_out(view: View, asked: Asked | None) -> Asked | None:
    """What was asked for; of a parameter its update or gradient, once that is shown."""
    if isinstance(asked, Parameter):
        kind = "bias" if asked.source is None else "weight"
        for phase, what in (("update", "update"), ("backward", "gradient")):
            step = StepId(phase, f"{kind}_{what}", *asked)
            if view.is_revealed(step):
                return step
    return asked


def _what_it_is(view: View, number: Asked | None) -> str:
    """What a number is that is given, of a parameter also when its gradient comes; nothing for
    one that a step works out."""
    network, digits = view.spec.network, view.worked_digits
    if number is None or isinstance(number, StepId):
        return ""
    if isinstance(number, Given):
        words = about_given(view.spec, view.sample, number, digits)
        return f"{words} {_HOW_TO_EDIT}"
    words = about_parameter(network, view.worked_theta, number, view.notation, digits)
    kind = "bias" if number.source is None else "weight"
    gradient = StepId("backward", f"{kind}_gradient", *number)
    if gradient in view.steps:
        words += f" {_not_yet(view, gradient)}"
    return f"{words} {_HOW_TO_EDIT}"


def _not_yet(view: View, step: StepId) -> str:
    title = title_of(view.spec.network, step, view.notation)
    if step.kind in EXTRA_KINDS and step not in view.steps:
        return f"The {title} is not known yet."
    if step not in view.steps:
        return f"There is no {title}: it is fixed, and only trained parameters are updated."
    number = view.steps.index_of(step) + 1
    return (
        f"The {title} has not been worked out yet: it is step {number} of {len(view.steps)}, and "
        f"the cursor is at {view.revealed}."
    )
