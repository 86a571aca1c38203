"""A comparison of published figures for people without a window: as text, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import asdict

from command_line.columns import in_columns
from engine.documents.document import Document
from engine.learn.published.comparison import Compared, dropout_note, summary
from engine.learn.published.mistake_search import SearchAnswer
from engine.learn.published.quantities import quantity_of
from engine.run.column_words import scaled_note
from engine.run.mistakes import made_on_purpose
from engine.text.numbers import format_count


def published_text(
    document: Document, compared: Sequence[Compared], answer: SearchAnswer | None
) -> str:
    """A line for each figure, and what they come to; with the answer of a search, if one was
    made."""
    rows = [("quantity", "printed", "here", "verdict")]
    rows += [(_name(document, e), e.figure.printed, e.shown, e.verdict.words) for e in compared]
    said = [summary(compared) or "This document has no figures of a source."]
    if compared and (note := scaled_note(document.spec)):
        said.append(note)
    if compared and (note := dropout_note(document.spec)):
        said.append(note)
    wrong = made_on_purpose(document.spec.mistakes)
    if wrong and compared:
        said.append(f"The program’s are {wrong}.")
    if answer is not None and compared:
        said.append(answer.sentence)
    return "\n".join([*(in_columns(rows) if compared else []), *said])


def published_report(
    document: Document, name: str, compared: Sequence[Compared], answer: SearchAnswer | None
) -> dict[str, Any]:
    """The same in full.

    Keys: example, mistakes, figures, and after a search answer. Each figure with symbol,
    iteration, sample, metric, the step's own keys (None for a metric), printed, value, verdict,
    sentence, mistakes. The answer with sentence and suspects: mistakes, and the indices of the
    figures they give.
    """
    report: dict[str, Any] = {
        "example": name,
        "mistakes": list(document.spec.mistakes),
        "figures": [
            {
                "symbol": _symbol(document, each),
                "iteration": each.figure.iteration,
                "sample": None if each.figure.sample is UNSET else each.figure.sample,
                "metric": each.figure.metric or None,
                "step": asdict(each.figure.step) if each.figure.step else None,
                "printed": each.figure.printed,
                "value": each.value,
                "verdict": each.verdict.key,
                "sentence": each.verdict.sentence,
                "mistakes": list(each.verdict.mistakes),
            }
            for each in compared
        ],
    }
    if answer is not None:
        suspects = [
            {"mistakes": list(suspect.mistakes), "figures": sorted(suspect.gives)}
            for suspect in answer.suspects
        ]
        report["answer"] = {"sentence": answer.sentence, "suspects": suspects}
    return report


def _symbol(document: Document, compared: Compared) -> str:
    return quantity_of(compared.figure).symbol(document.spec.network)


def _name(document: Document, compared: Compared) -> str:
    """The symbol, with iteration and sample where there are several."""
    figure, parts = compared.figure, [_symbol(document, compared)]
    if figure.iteration > 1:
        parts.append(f"iteration {format_count(figure.iteration)}")
    if figure.sample is not UNSET and len(document.spec.data) > 1:
        parts.append(f"sample {figure.sample}")
    return ", ".join(parts)
