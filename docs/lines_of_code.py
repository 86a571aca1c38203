"""Counts lines of code: no blank ones, no comments, no docstrings.

    python docs/lines_of_code.py            the sum per folder, and the longest files
    python docs/lines_of_code.py FOLDER     the same of another checkout

Tests are counted apart. What is counted of a file are the lines on which some token of Python
stands that is neither a comment nor part of a docstring.
"""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections import Counter
from pathlib import Path

_NOT_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENCODING, tokenize.ENDMARKER,
}
_LONGEST = 10  # files that are named


def code_lines(text: str) -> int:
    """The number of lines of a Python file on which code stands."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {
        line
        for token in tokens
        if token.type not in _NOT_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(lines - _docstring_lines(text))


def _docstring_lines(text: str) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            found |= set(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
    return found


def main(root: Path) -> None:
    """Print the counts of a checkout."""
    folders: Counter[str] = Counter()
    files: dict[str, tuple[int, int]] = {}
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if name.parts[0].startswith(".") or name.parts[0] in ("build", "dist"):
            continue
        text = path.read_text(encoding="utf-8")
        files[name.as_posix()] = code_lines(text), text.count("\n")
        folders["/".join(name.parts[:2]) if len(name.parts) > 2 else name.parts[0]] += code_lines(
            text
        )
    for folder, count in sorted(folders.items()):
        print(f"{count:7,}  {folder}")
    in_tests = sum(count for name, (count, _) in files.items() if name.startswith("tests/"))
    print(f"{sum(folders.values()) - in_tests:7,}  outside tests")
    print(f"{in_tests:7,}  in tests")
    print("\nThe longest files, with all their lines:")
    for name, (count, lines) in sorted(files.items(), key=lambda item: -item[1][1])[:_LONGEST]:
        print(f"{lines:7,}  {name} ({count:,} of code)")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])
