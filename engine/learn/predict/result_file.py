"""Result files: what a person's predictions came to.

A .backpass-result.json file is JSON; the structs below are its format, version 1.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from engine.documents.json_text import DocumentError, decode, encode
from engine.learn.predict.sitting import Sitting

RESULT_SUFFIX = ".backpass-result.json"
FORMAT = "backpass-result"
VERSION = 1

Count = Annotated[int, Meta(ge=0)]


class _Object(msgspec.Struct, kw_only=True):
    pass


class GivenAnswer(_Object):
    """An answer as it was typed, and what it is: right, last_digit (by one), own_values (right
    from the person's earlier values) or wrong."""

    text: str
    verdict: str


class ResultQuestion(_Object):
    """A value that was asked for: of which iteration and sample (both from 1; null for the
    batch), the right value, the answers in order, what the last one is (skipped without one),
    and the slips and classic mistakes that wrong ones look like."""

    symbol: str
    iteration: int
    sample: int | None
    right: float
    answers: list[GivenAnswer]
    verdict: str
    points: float
    hints: Count
    mistakes: list[str]


class ResultScore(_Object):
    """The sum of it: one point for a right answer at once, half of one for a later one."""

    points: float
    questions: Count
    right: Count
    own_values: Count
    hints: Count


class ResultFile(_Object):
    """A person's predictions in a document. `date` is local time, ISO 8601."""

    format: Literal["backpass-result"]
    version: Literal[1]
    document: str
    person: str
    date: str
    hidden: list[str]
    own_values: bool
    locked: bool
    unlocked: bool
    score: ResultScore
    questions: list[ResultQuestion]


def result_of(sitting: Sitting, document: str, when: datetime) -> ResultFile:
    """What a sitting came to; questions that are still open are left out."""
    questions = [
        ResultQuestion(
            symbol=question.symbol,
            iteration=question.t + 1,
            sample=None if question.sample is None else question.sample + 1,
            right=question.right,
            answers=[
                GivenAnswer(text=answer.text, verdict=answer.judgement.verdict)
                for answer in question.answers
            ],
            verdict=question.verdict,
            points=question.points,
            hints=question.hints,
            mistakes=list(question.recognised),
        )
        for question in sitting.questions
        if question.closed
    ]
    score = sitting.score
    return ResultFile(
        format="backpass-result",
        version=1,
        document=document,
        person=sitting.person,
        date=when.replace(microsecond=0).isoformat(),
        hidden=list(sitting.hidden),
        own_values=sitting.own_values,
        locked=sitting.locked,
        unlocked=sitting.unlocked,
        score=ResultScore(
            points=score.points,
            questions=score.questions,
            right=score.right,
            own_values=score.own_values,
            hints=score.hints,
        ),
        questions=questions,
    )


def write_result(result: ResultFile) -> bytes:
    """The bytes of a result file."""
    return encode(msgspec.to_builtins(result))


def read_result(data: bytes) -> ResultFile:
    """A result file's content. Raises DocumentError with a sentence that names the place."""
    tree: Any = decode(data)
    if not isinstance(tree, dict) or tree.get("format") != FORMAT:
        raise DocumentError("", "this is not a result file of Backpass")
    if isinstance(tree.get("version"), int) and tree["version"] > VERSION:
        raise DocumentError("$.version", "this file was written by a newer Backpass")
    try:
        return msgspec.convert(tree, ResultFile)
    except msgspec.ValidationError as error:
        said, _, path = str(error).rpartition(" - at `")
        text = said or str(error)
        raise DocumentError(path.removesuffix("`"), text[:1].lower() + text[1:]) from None
