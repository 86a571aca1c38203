"""An exercise on paper: what is given and asked, and the key on a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterator

from engine.derivations.derive import derive
from engine.documents.document import Document
from engine.export.given import given
from engine.export.solution import Cell, Grid, Part, Section, Solution, Words
from engine.export.worked import worked_solution
from engine.formulas.notation import DEFAULT
from engine.learn.exercises.exercise import Exercise
from engine.run.iteration import iterate
from engine.run.paper import PaperIteration, paper_iteration
from engine.run.spec import start_state
from engine.run.steps import PHASE_TITLES

_QUESTIONS = {
    "forward": "Work out the net input and the activation of each unit, layer by layer.",
    "loss": "What loss does this give?",
    "backward": "Go back from the output: the delta of each unit, and the gradients of its "
    "weights and its bias.",
    "update": "What is the new value of each parameter?",
    "check": "Go forward once more with the new parameters. What is the loss now?",
}
# Pairs of a symbol and the room for its value, side by side.
_PAIRS = {"forward": 2}
_MOST_PAIRS = 3


def problem_sheet(document: Document, exercise: Exercise) -> Solution:
    """What is given, the questions, and room for the values; nothing of the solution."""
    iteration = _by_hand(document, exercise)
    sections = (given(iteration, _digits(exercise), DEFAULT), *_questions(iteration))
    task = f"to be worked out with {exercise.decimals} digits after the point"
    return Solution(exercise.title, task[:1].upper() + task[1:], (Part("", sections),))


def answer_key(document: Document, exercise: Exercise) -> Solution:
    """Every step worked out, rounded on the way as the sheet asks for."""
    iteration = _by_hand(document, exercise)
    title = f"{exercise.title}: key"
    return worked_solution(iteration, title, _digits(exercise))


def _by_hand(document: Document, exercise: Exercise) -> PaperIteration:
    """The first iteration, from the start values."""
    iteration = iterate(document.spec, start_state(document.spec, document.start))
    return paper_iteration(iteration, exercise.decimals)


def _digits(exercise: Exercise) -> int:
    """Enough significant digits to show what is carried."""
    return max(6, exercise.decimals + 1)


def _questions(iteration: PaperIteration) -> Iterator[Section]:
    """A question for each phase, and a table to write its values in."""
    steps = iteration.spec.steps
    for number, (phase, question) in enumerate(_QUESTIONS.items(), start=1):
        found = [steps.id_at(k) for k in range(len(steps)) if steps.id_at(k).phase == phase]
        cells: list[Cell] = []
        for step in found:
            cells += [derive(iteration, step, 0).line.left, None]
        width = 2 * min(_PAIRS.get(phase, _MOST_PAIRS), len(found))
        cells += [""] * (-len(cells) % width)
        rows = tuple(tuple(cells[k : k + width]) for k in range(0, len(cells), width))
        heads: tuple[Cell, ...] = ("", "value") * (width // 2)
        title = f"{number}. {PHASE_TITLES[phase]}"
        yield Section(title, 1, (Words((question,)), Grid(heads, rows)))
