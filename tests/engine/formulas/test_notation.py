"""Symbols in every notation: the letters change, and nothing else does."""

from __future__ import annotations

import re

import pytest

from engine.derivations.as_text import solution_text
from engine.derivations.derive import derive
from engine.documents.examples import example_names, read_example
from engine.formulas.notation import CHOICES, DEFAULT, Notation
from engine.run.iteration import Iteration, iterate
from engine.run.spec import start_state
from engine.run.steps import symbol_of, title_of


def worked(name: str) -> Iteration:
    document = read_example(name)
    return iterate(document.spec, start_state(document.spec, document.start))


@pytest.mark.parametrize("name", example_names())
def test_only_letters_change(name: str) -> None:
    """The default text with its letters replaced is the text in another notation."""
    iteration = worked(name)
    steps, network = iteration.spec.steps, iteration.spec.network
    letters = {"E": "L", "z": "net", "a": "out", "t": "y"}
    outputs = {f"t_{unit}" for unit in network.layers[-1].units}

    def replaced(text: str) -> str:
        def letter(match: re.Match[str]) -> str:
            if match[1] == "t" and match[0] not in outputs:
                return match[0]
            return letters[match[1]] + match[2]

        return re.sub(r"(?<![\w^])([Ezat])(?=[_^\s/)]|$)((?:_\w+)?)", letter, text)

    notation = Notation("y", "out", "net", "L")
    for k in range(0, len(steps), max(1, len(steps) // 60)):
        step = steps.id_at(k)
        plain, other = (derive(iteration, step, 0, way) for way in (DEFAULT, notation))
        assert other.value == plain.value
        assert other.text == replaced(plain.text)
        assert symbol_of(network, step, notation) == replaced(symbol_of(network, step))
        assert title_of(network, step, notation) == title_of(network, step)


def test_every_choice_writes_every_step_of_the_hand_calculation() -> None:
    iteration = worked("mazur-2-2-2")
    steps = iteration.spec.steps
    texts = {}
    for quantity, choices in CHOICES.items():
        for choice in choices:
            notation = DEFAULT.changed(quantity, choice)
            made = [derive(iteration, steps.id_at(k), 0, notation) for k in range(len(steps))]
            texts[quantity, choice] = "\n".join(solution_text(each) for each in made)
    assert len(set(texts.values())) == 1 + sum(len(choices) - 1 for choices in CHOICES.values())
    hat = texts["activation", "ŷ"]
    assert "ŷ_o1" in hat and "a_o1" not in hat and "a_h1" in hat and "ŷ_h1" not in hat
    indexed = texts["parameters", "indexed"]
    assert "w²₁₁" in indexed and "b¹" in indexed and not re.search(r"\bw[1-8]\b", indexed)
    latex = derive(iteration, steps.id_at(11), 0, DEFAULT.changed("activation", "ŷ")).latex
    assert r"\hat{y}_{o1}" in latex


def test_formulas_and_columns_follow() -> None:
    notation = Notation(target="y", activation="out")
    assert notation.formula("−mean (t ln a + (1 − t) ln(1 − a))") == (
        "−mean (y ln out + (1 − y) ln(1 − out))"
    )
    assert [notation.column(name) for name in ("t", "t o1", "total", "label")] == [
        "y", "y o1", "total", "label"
    ]


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match='"q" is no way to write loss'):
        DEFAULT.changed("loss", "q")
    with pytest.raises(ValueError, match="there are target: t, y; activation"):
        DEFAULT.changed("colour", "t")
