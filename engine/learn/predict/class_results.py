"""A class's result files gathered in one table, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.documents.json_text import DocumentError
from engine.documents.whole_file import read_up_to, reason
from engine.learn.predict.result_file import ResultFile, ResultQuestion, read_result
from engine.text.numbers import machine_number

# Beyond this many different questions the table has no columns for them.
MOST_QUESTIONS = 500

_HEADS = (
    "person", "document", "date", "score", "questions", "right", "right from own values",
    "hints", "unlocked", "likely mistakes", "file",
)  # fmt: skip

Column = tuple[str, int, str, int | None]


def read_results(paths: Iterable[Path]) -> tuple[list[tuple[str, ResultFile]], list[str]]:
    """The results in some files, each with its file's name, and a sentence for each file that
    could not be read."""
    read, problems = [], []
    for path in paths:
        try:
            read.append((path.name, read_result(read_up_to(path))))
        except OSError as error:
            problems.append(f"{path} cannot be read: {reason(error)}.")
        except DocumentError as error:
            place = f" (at {error.place})" if error.place else ""
            problems.append(f"{path} was left out: {error.sentence}{place}.")
    return read, problems


def results_table(results: Sequence[tuple[str, ResultFile]]) -> str:
    """CSV with a row per (file name, result), and a column per question where they are not too
    many: the last answer and what it is.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    columns: dict[Column, None] = {}
    for _, result in results:
        for question in result.questions:
            columns.setdefault(_column(result, question))
    shown = list(columns) if len(columns) <= MOST_QUESTIONS else []
    several = len({result.document for _, result in results}) > 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_safe(cell) for cell in (*_HEADS, *(_head(c, several) for c in shown)))
    for name, result in results:
        answers = {_column(result, q): _cell(q) for q in result.questions}
        score = result.score
        mistakes = dict.fromkeys(key for q in result.questions for key in q.mistakes)
        writer.writerow(
            _safe(cell)
            for cell in (
                result.person, result.document, result.date, machine_number(score.points),
                str(score.questions), str(score.right), str(score.own_values), str(score.hints),
                "yes" if result.unlocked else "", "; ".join(mistakes), name,
                *(answers.get(column, "") for column in shown),
            )
        )  # fmt: skip
    return out.getvalue()


def _column(result: ResultFile, question: ResultQuestion) -> Column:
    return result.document, question.iteration, question.symbol, question.sample


def _head(column: Column, several: bool) -> str:
    document, iteration, symbol, sample = column
    of_sample = "" if sample is None else f", sample {sample}"
    of_document = f", {document}" if several else ""
    return f"{symbol} (iteration {iteration}{of_sample}{of_document})"


def _cell(question: ResultQuestion) -> str:
    last = question.answers[-1].text if question.answers else ""
    return f"{last} {question.verdict}".strip()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r\n|%" and cell else cell
