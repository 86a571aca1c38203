"""A whole derivation as text and as LaTeX, line by line, to hand in or to paste."""

from __future__ import annotations

from collections.abc import Callable

from engine.derivations.parts import Derivation, Factor, Table
from engine.formulas.formula import Line
from engine.formulas.writers import LatexWriter, Prose, TextWriter, latex_text, prose_text
from engine.text.numbers import machine_number


def solution_text(derivation: Derivation, digits: int | None = 6) -> str:
    """Title, the line in symbols, every factor in words and numbers, the result."""
    digits = derivation.digits(digits)
    writer = TextWriter(digits)
    title = f"{derivation.title} ({derivation.scope})" if derivation.scope else derivation.title
    lines = [title, derivation.headline.write(writer)]
    for factor in derivation.factors:
        if factor.is_column:
            lines.append(f"  {prose_text((factor.line, ': ', *factor.meaning), digits)}")
        else:
            lines.append(f"  {prose_text(factor.meaning, digits)}")
            lines.append(f"    {factor.line.write(writer)}")
    if derivation.table is not None:
        lines += _table_text(derivation.table, writer, digits)
    left = derivation.line.left.write(writer, numbers=False)
    result = writer.join(derivation.result_pieces(writer, digits))
    lines.append(f"{left} {derivation.line.relation} {result}")
    if derivation.paper:
        lines.append(prose_text(derivation.paper, digits))
    lines += [prose_text(note, digits) for note in derivation.notes]
    lines.append(prose_text(derivation.used_next, digits))
    return "\n".join(lines) + "\n"


def _table_text(table: Table, writer: TextWriter, digits: int | None) -> list[str]:
    heads = [head if isinstance(head, str) else head.write(writer, False) for head in table.heads]
    rows = [heads]
    rows += [[row.label, *(machine_number(v, digits) for v in row.values)] for row in table.rows]
    widths = [max(len(row[i]) for row in rows if len(row) > 1) for i in range(len(heads))]
    return [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=False))
        for row in rows
    ]


def solution_latex(
    derivation: Derivation, number: Callable[[float], str], digits: int | None = 6
) -> str:
    r"""The same as an align* environment (amsmath); `number` writes the numbers, to so many
    digits."""
    writer = LatexWriter(number)
    rows = [_aligned(derivation.headline, writer)]
    for factor in derivation.factors:
        rows += _factor_latex(factor, writer)
    if derivation.table is not None:
        rows.append("& " + _table_latex(derivation.table, writer))
    left = derivation.line.left.write(writer, numbers=False)
    result = writer.join(derivation.result_pieces(writer, derivation.digits(digits)))
    rows.append(rf"{left} & {_RELATIONS[derivation.line.relation]} {result}")
    if derivation.paper:
        rows.append("& " + _prose_latex(derivation.paper, writer))
    rows.append("& " + _prose_latex(derivation.used_next, writer))
    body = " \\\\\n".join(f"  {row}" for row in rows)
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


_RELATIONS = {"=": "=", "←": r"\leftarrow"}


def _factor_latex(factor: Factor, writer: LatexWriter) -> list[str]:
    if factor.is_column:
        return ["& " + _prose_latex((factor.line, ": ", *factor.meaning), writer)]
    return ["& " + _prose_latex(factor.meaning, writer), _aligned(factor.line, writer)]


def _aligned(line: Line, writer: LatexWriter) -> str:
    """A line with the place marked at which lines are aligned: before its first relation."""
    pieces = line.pieces(writer)
    start = len(line.left.pieces(writer, numbers=False))
    return f"{writer.join(pieces[:start])} & {writer.join(pieces[start:])}"


def _prose_latex(prose: Prose, writer: LatexWriter) -> str:
    parts = (
        rf"\text{{{latex_text(part)}}}" if isinstance(part, str) else part.write(writer)
        for part in prose
    )
    return "".join(parts)


def _table_latex(table: Table, writer: LatexWriter) -> str:
    heads = " & ".join(
        rf"\text{{{latex_text(head)}}}" if isinstance(head, str) else head.write(writer, False)
        for head in table.heads
    )
    rows = [heads + r" \\ \hline"]
    for row in table.rows:
        cells = (rf"\text{{{latex_text(row.label)}}}", *(writer.number(v) for v in row.values))
        rows.append(" & ".join(cells) + r" \\")
    columns = "r" * len(table.heads)
    return f"\\begin{{array}}{{{columns}}} {' '.join(rows)} \\end{{array}}"
