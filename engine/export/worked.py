"""One iteration as a worked solution: what is given, every step with its numbers, the result."""

from __future__ import annotations

from collections.abc import Iterator

from engine.derivations.derive import Derivation, derive
from engine.derivations.record import Record
from engine.export.given import given, trained_parameters, units_in_words
from engine.export.solution import (
    Cell,
    Figure,
    Grid,
    Part,
    RelatedFormula,
    Section,
    Solution,
    Working,
    WorkingRow,
)
from engine.formulas.formula import ABOUT, EQUALS, Expr, Line, Number, is_single
from engine.formulas.notation import DEFAULT, Notation
from engine.formulas.relation import relation_to
from engine.formulas.writers import TextWriter
from engine.run.iteration import Iteration
from engine.run.mistakes import made_on_purpose
from engine.run.paper import PaperIteration, rounded
from engine.run.spec import Spec
from engine.run.step_values import MAX_TRACED_SAMPLES
from engine.run.steps import PHASE_TITLES, StepGroup, StepId
from engine.text.numbers import format_count, machine_number
from engine.text.wording import on_one_line

MAX_LINES = 20_000  # steps, those of each sample counted; some thousand pages


class TooLong(Exception):
    """An iteration with more steps than anybody would hand in, as a sentence."""


def check_length(spec: Spec) -> None:
    """Raises TooLong if an iteration has too many steps to be written out."""
    samples = min(spec.batch_size, MAX_TRACED_SAMPLES)
    of_sample = 3 * sum(spec.network.sizes[1:]) + spec.network.sizes[-1]
    of_sample += spec.steps.extra_of_sample
    count = len(spec.steps) + (samples - 1) * of_sample
    if count > MAX_LINES:
        raise TooLong(
            f"Written out, this iteration has {format_count(count)} steps, and a worked solution "
            f"holds at most {format_count(MAX_LINES)}; a smaller network or batch has fewer."
        )


def worked_solution(
    iteration: Iteration,
    title: str,
    digits: int | None = 6,
    gaps: bool = False,
    notation: Notation = DEFAULT,
) -> Solution:
    """An iteration written out to be handed in; of a large batch the first 100 samples.

    `digits` are the significant digits shown, None for all. With `gaps` it is an exercise, in
    which what is to be worked out is left blank, followed by its key. Raises TooLong.
    """
    check_length(iteration.spec)
    number = format_count(iteration.state.t + 1)
    start = given(iteration, digits, notation)
    wrong = made_on_purpose(iteration.spec.mistakes)
    wrong = wrong and f" {wrong}"
    worked = tuple(_Workings(iteration, digits, notation, False).sections())
    if not gaps:
        parts: tuple[Part, ...] = (Part("", (start, *worked)),)
        return Solution(on_one_line(title), f"Iteration {number}, worked out{wrong}", parts)
    blank = _Workings(iteration, digits, notation, True).sections()
    parts = (Part("", (start, *blank)), Part("Key", worked))
    task = "on each line put the numbers in, then what they come to"
    subtitle = f"Iteration {number}, to be worked out{wrong}: {task}"
    return Solution(on_one_line(title), subtitle, parts)


class _Workings:
    """The steps of an iteration, their numbers shown or left as gaps."""

    def __init__(
        self, iteration: Iteration, digits: int | None, notation: Notation, gaps: bool
    ) -> None:
        self._iteration = iteration
        self._notation = notation
        self._digits = digits
        self._gaps = gaps
        self._rows = [int(row) for row in iteration.rows[:MAX_TRACED_SAMPLES]]
        self._shown: set[str] = set()  # what an update needs and was worked out before

    def sections(self) -> Iterator[Section]:
        """A section for each pass, and one below it for each of its layers."""
        phase = ""
        for group in self._iteration.spec.steps.groups:
            if group.phase != phase:
                phase = group.phase
                yield Section(_PHASES[phase], 1)
            if phase in ("loss", "check"):
                yield Section("", 2, tuple(self._group(group)))
            elif group.start < group.stop:
                network = self._iteration.spec.network
                if not group.layer:
                    title = f"Inputs: {units_in_words(network.inputs)}"
                else:
                    units = network.layers[group.layer - 1].units
                    title = f"Layer {group.layer}: {units_in_words(units)}"
                yield Section(title, 2, tuple(self._group(group)))
        if self._iteration.spec.can_train:
            yield Section("Result", 1, (self._result(),))

    def _group(self, group: StepGroup) -> Iterator[Working]:
        for k in range(group.start, group.stop):
            yield self._working(self._iteration.spec.steps.id_at(k))

    def _working(self, step: StepId) -> Working:
        """A step for each sample: the symbols where they change, and the numbers below them."""
        rows = self._rows if step.of_sample else self._rows[:1]
        working: list[WorkingRow] = []
        symbols = ""
        title = ""
        for row in rows:
            derivation = derive(self._iteration, step, row, self._notation)
            title = derivation.title
            if step.phase in ("update", "check"):
                working += self._before(derivation)
            line = derivation.line
            written = Line(line.left, line.symbols, (), line.relation).write(TextWriter())
            if written != symbols:
                symbols = written
                working.append(self._symbols(derivation, line))
            label = f"sample {row + 1}:" if len(rows) > 1 else ""
            working.append(self._numbers(derivation, line, label, self._worked(derivation)))
        return Working(title[:1].upper() + title[1:], tuple(working))

    def _before(self, derivation: Derivation) -> Iterator[WorkingRow]:
        """What stands on lines of its own before an update: the terms of momentum and Adam, and
        each output's loss with the new parameters."""
        for factor in derivation.factors:
            line = factor.line
            written = line.write(TextWriter(self._digits))
            if line.symbols and line.numbers and written not in self._shown:
                self._shown.add(written)
                yield self._symbols(derivation, line)
                yield self._numbers(derivation, line, "", ())

    def _symbols(self, derivation: Derivation, line: Line) -> WorkingRow:
        """A line in symbols."""
        relations = (line.relation, *[EQUALS] * len(line.symbols))
        forms = zip(relations, line.symbols, strict=False)
        return WorkingRow(
            line.left,
            tuple(RelatedFormula(relation, formula, False) for relation, formula in forms),
            derivation.digits(self._digits),
        )

    def _worked(self, derivation: Derivation) -> tuple[Expr, ...]:
        """The form between the numbers put in and what they come to, where it says something new:
        each term worked out. (A gradient's is its whole chain once more.)"""
        result = derivation.result
        known = derivation.step.kind.endswith("gradient") and derivation.chain is not None
        if known or is_single(result) or result == derivation.line.numbers[-1]:
            return ()
        return (result,)

    def _numbers(
        self, derivation: Derivation, line: Line, label: str, worked: tuple[Expr, ...]
    ) -> WorkingRow:
        """A line in numbers, down to what it comes to, or a gap; in paper mode also what that is
        rounded to."""
        digits = derivation.digits(self._digits)
        if self._gaps:
            return WorkingRow(label, (), digits)
        forms = [RelatedFormula(EQUALS, formula, True) for formula in (*line.numbers, *worked)]
        value = forms[-1].formula.value
        relation = relation_to(forms[-1].formula, value, digits)
        if relation:
            forms.append(RelatedFormula(relation, Number(value), True))
        if isinstance(self._iteration, PaperIteration):
            carried = float(rounded(value, self._iteration.decimals))
            if machine_number(carried, digits) != machine_number(value, digits):
                forms.append(RelatedFormula(ABOUT, Number(carried), True))
        return WorkingRow(label, tuple(forms), digits)

    def _result(self) -> Grid:
        """Old and new parameters, and the loss before and after."""
        iteration = self._iteration
        record = Record(iteration, self._rows[0], self._notation)
        rows: list[tuple[Cell, ...]] = []
        for parameter in trained_parameters(record):
            kind = "bias_update" if parameter.source is None else "weight_update"
            rows.append(self._change(StepId("update", kind, *parameter), True))
        rows.append(self._change(StepId("check", "loss_after"), False))
        return Grid(("", "before", "after"), tuple(rows))

    def _change(self, step: StepId, given: bool) -> tuple[Cell, ...]:
        """A row of the result; `given` says whether the value before is known to begin with."""
        derivation = derive(self._iteration, step, self._rows[0], self._notation)
        assert derivation.apart is not None
        before, after = (
            Figure(value, derivation.digits(self._digits)) for value in derivation.apart
        )
        left = derivation.line.left
        if self._gaps:
            return left, before if given else None, None
        return left, before, after


_PHASES = {**PHASE_TITLES, "check": "Check: the loss with the new parameters"}
