"""Result files, and a class's gathered in a table."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from engine.documents.json_text import DocumentError
from engine.learn.predict.class_results import MOST_QUESTIONS, read_results, results_table
from engine.learn.predict.judging import LAST_DIGIT, OWN_VALUES, RIGHT, SIGN, WRONG, Judgement
from engine.learn.predict.result_file import ResultFile, read_result, result_of, write_result
from engine.learn.predict.sitting import AskedValue, Sitting, TypedAnswer
from engine.run.steps import StepId

WHEN = datetime(2026, 3, 4, 10, 20, 30, 999)


def question(
    unit: int, *answers: tuple[str, str], hints: int = 0, closed: bool = True
) -> AskedValue:
    """A question about a delta, answered with (text, verdict); a wrong one has the other sign."""
    given = [
        TypedAnswer(text, float(text), Judgement(verdict, (SIGN,) if verdict == WRONG else ()))
        for text, verdict in answers
    ]
    step = StepId("backward", "delta", 2, unit)
    return AskedValue(0, step, 0, f"δ_o{unit + 1}", 0.138498562, given, hints, closed)


def sitting(person: str = "Ada") -> Sitting:
    made = Sitting(person, ("deltas",), True)
    made.questions += [
        question(0, ("0.138", RIGHT)),
        question(1, ("-0.14", WRONG), ("0.1384", LAST_DIGIT), hints=2),
        question(2, ("0.2", WRONG)),
        question(3, ("0.5", OWN_VALUES), hints=1),
        question(4),
        question(5, ("-9.0", WRONG), closed=False),
    ]
    return made


def result(person: str = "Ada", document: str = "A step by step example") -> ResultFile:
    return result_of(sitting(person), document, WHEN)


def rows(*results: tuple[str, ResultFile]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(results_table(results))))


def test_a_result_says_what_was_asked_answered_and_recognised() -> None:
    tree = json.loads(write_result(result()))
    assert tree["person"] == "Ada" and tree["document"] == "A step by step example"
    assert tree["date"] == "2026-03-04T10:20:30" and tree["hidden"] == ["deltas"]
    # 1 + ½ + 0 + 1 + 0; the open question does not count.
    assert tree["score"] == {
        "points": 2.5, "questions": 5, "right": 3, "own_values": 1, "hints": 3
    }  # fmt: skip
    second = tree["questions"][1]
    assert second["symbol"] == "δ_o2" and second["right"] == 0.138498562
    assert [given["verdict"] for given in second["answers"]] == ["wrong", "last_digit"]
    assert second["mistakes"] == ["sign"] and second["hints"] == 2 and second["points"] == 0.5
    assert [each["verdict"] for each in tree["questions"]] == [
        "right", "last_digit", "wrong", "own_values", "skipped"
    ]  # fmt: skip
    assert (second["iteration"], second["sample"]) == (1, 1)


def test_what_is_written_reads_back() -> None:
    assert read_result(write_result(result())) == result()


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b'{"format": "backpass"}', b'{"format": "backpass-result"}',
        b'{"format": "backpass-result", "version": 7}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_result_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(DocumentError):
        read_result(data)


def test_a_class_is_a_row_each_with_a_column_per_question() -> None:
    made = rows(("ada.json", result()), ("bob.json", result("Bob")))
    assert [row["person"] for row in made] == ["Ada", "Bob"]
    first = made[0]
    assert (first["score"], first["questions"], first["right"]) == ("2.5", "5", "3")
    assert (first["right from own values"], first["hints"], first["file"]) == ("1", "3", "ada.json")
    assert first["likely mistakes"] == "sign"
    assert first["δ_o2 (iteration 1, sample 1)"] == "0.1384 last_digit"
    assert first["δ_o5 (iteration 1, sample 1)"] == "skipped"


def test_questions_of_different_documents_have_columns_of_their_own() -> None:
    made = rows(("a", result()), ("b", result(document="Another")))
    assert made[0]["δ_o1 (iteration 1, sample 1, A step by step example)"] == "0.138 right"
    assert made[0]["δ_o1 (iteration 1, sample 1, Another)"] == ""


def test_too_many_questions_get_no_columns() -> None:
    many = sitting()
    many.questions = [question(unit, ("0.1", RIGHT)) for unit in range(MOST_QUESTIONS + 1)]
    made = rows(("a", result_of(many, "Long", WHEN)))
    assert made[0]["questions"] == str(MOST_QUESTIONS + 1)
    assert not any("δ" in head for head in made[0])


@pytest.mark.parametrize("person", ["=1+2", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_name_becomes_a_formula(person: str) -> None:
    made = rows(("=x.json", result(person, document="=2+3")))
    assert made[0]["person"] == f"'{person}"
    assert made[0]["document"] == "'=2+3" and made[0]["file"] == "'=x.json"


def test_a_negative_answer_is_no_formula_either() -> None:
    made = sitting()
    made.questions = [question(0, ("-0.14", WRONG))]
    assert rows(("a", result_of(made, "x", WHEN)))[0]["δ_o1 (iteration 1, sample 1)"] == (
        "'-0.14 wrong"
    )


def test_a_broken_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good, broken = tmp_path / "good.json", tmp_path / "broken.json"
    good.write_bytes(write_result(result()))
    broken.write_text("{", encoding="utf-8")
    read, problems = read_results([broken, tmp_path / "missing.json", good, tmp_path])
    assert [name for name, _ in read] == ["good.json"]
    assert len(problems) == 3
    assert all(problem.endswith(".") for problem in problems)
    assert "broken.json" in problems[0] and "missing.json" in problems[1]
