"""No name, title, remark or path that the command line prints steers the terminal."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.documents.reading import write_document
from engine.text.wording import visible

PROJECT = Path(__file__).resolve().parent.parent

# Sets the colour, the title of the terminal, begins a sequence in eight bits, turns text round.
STEERING = "a\x1b[31mb\x1b]0;c\x07d\x9b31me\u202ef\u2066g\rh"


def printed(folder: Path, *words: str, code: int = 0) -> str:
    """What a command prints in a folder, on standard output and standard error."""
    done = subprocess.run(
        [sys.executable, str(PROJECT / "main.py"), *words], capture_output=True, check=False,
        cwd=folder, timeout=120, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode()
    assert done.returncode == code and "Traceback" not in text, text
    return text


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    """The path of a document whose name, title, note and remarks would steer a terminal."""
    document = read_example("mazur-2-2-2")
    figures = tuple(replace(each, remark=STEERING) for each in document.published)
    document = replace(document, title=STEERING, note=STEERING, published=figures)
    path = tmp_path / f"{STEERING}.backpass.json"
    path.write_bytes(write_document(document))
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--epochs", "3"), ("check",), ("published",), ("seeds", "--epochs", "3"),
        ("trace",), ("trace", "--format", "html"), ("trace", "--format", "tex"),
    ],
    ids=" ".join,
)
def test_what_would_steer_the_terminal_is_shown(
    hostile: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    command, *options = words
    text = printed(tmp_path, command, hostile, *options)
    assert text == visible(text)
    if command != "published":  # which names no document
        assert "a�" in text or "[U+FFFD]" in text


def test_json_says_the_same_in_letters_that_are_seen(hostile: str, tmp_path: Path) -> None:
    text = printed(tmp_path, "run", hostile, "--epochs", "3", "--json")
    assert text == visible(text)
    assert json.loads(text)["example"] == STEERING


@pytest.mark.parametrize(
    "words",
    [
        ("run", STEERING), ("run", "xor-2-2-1", "--mistake", STEERING),
        ("run", "xor-2-2-1", f"--{STEERING}"), ("run", "xor-2-2-1", "--epochs", STEERING),
        ("trace", "xor-2-2-1", "--format", STEERING), ("results", STEERING, "out.csv"),
        ("results", "x", STEERING), ("screenshot", STEERING, "xor-2-2-1"),
    ],
    ids=lambda words: " ".join(words).replace(STEERING, "…"),
)
def test_nor_does_what_is_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    text = printed(tmp_path, *words, code=2)
    assert text == visible(text)


def test_nor_do_the_names_of_files_that_were_written(tmp_path: Path) -> None:
    text = printed(tmp_path, "exercise", STEERING)
    assert "a�[31mb" in text and text == visible(text)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_name_that_is_no_text_can_be_told(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x9b.backpass.json")
    Path(path).write_bytes(b"{}")
    assert "��" in printed(tmp_path, "run", path, code=2)


def test_all_printing_is_in_one_file() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in (PROJECT / "main.py", *sorted((PROJECT / "command_line").glob("*.py")))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path.name != "printing.py" and isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    ]  # fmt: skip
    assert found == []
