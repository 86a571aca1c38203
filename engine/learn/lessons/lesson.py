"""A lesson and its file: a header, then steps with a heading, some text and what they wait for.

The format is described, with a complete example, in docs/lessons.md.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import example_names, load, read_example
from engine.documents.json_text import DocumentError
from engine.learn.lessons.task import Task
from engine.learn.lessons.texts import check_text
from engine.learn.lessons.waits import read_task
from engine.text.wording import UNSEEN, shortened

MAX_BYTES = 2**18
MAX_STEPS = 100
MAX_HEADING = 60

_HEADER = re.compile(r"([A-Za-z]+)\s*:\s*(.*)")
_KEYS = ("title", "example", "document", "seed")


class LessonStep(Struct, frozen=True):
    """One step: its heading, its paragraphs as written, and what it waits for, in this order."""

    heading: str
    paragraphs: tuple[str, ...]
    tasks: tuple[Task, ...]


class Lesson(Struct, frozen=True, eq=False):
    """A lesson, with the document that it opens and what that is called."""

    title: str
    name: str
    document: Document
    steps: tuple[LessonStep, ...]


class Problem(Struct, frozen=True):
    """Something wrong in a lesson file: the line, from 1, and a sentence for its author."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.sentence}"


class LessonError(ValueError):
    """A file that is no lesson, with everything that is wrong in it, in the order of the lines."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


def read_lesson(
    data: bytes, folder: Path | None = None, tools: Collection[str] | None = None
) -> Lesson:
    """The lesson in a file. `document:` is looked for in `folder`, the lesson's own.

    `tools` are the titles of the tools that a step may ask to open; None allows any. Raises
    LessonError.
    """
    return _Reader(folder, tools).read(_decoded(data))


def _decoded(data: bytes) -> list[str]:
    if len(data) > MAX_BYTES:
        raise LessonError([Problem(1, f"a lesson has at most {MAX_BYTES // 1024} KiB of text")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        sentence = "this is not UTF-8 text; save the file again with the encoding UTF-8"
        raise LessonError([Problem(line, sentence)]) from None
    return text.splitlines()


class _Draft(Struct):
    """A step while its lines are read; each paragraph with the line it begins in."""

    line: int
    heading: str
    paragraphs: list[tuple[int, str]]
    tasks: list[tuple[int, Task]] = field(default_factory=list)
    has_wait: bool = False


class _Reader:
    """Reads the lines of one file, and gathers all that is wrong in them."""

    def __init__(self, folder: Path | None, tools: Collection[str] | None) -> None:
        self._folder = folder
        self._tools = tools
        self._problems: list[Problem] = []
        self._header: dict[str, tuple[int, str]] = {}
        self._drafts: list[_Draft] = []

    def read(self, lines: list[str]) -> Lesson:
        in_paragraph = False
        for number, line in enumerate(map(str.strip, lines), start=1):
            if hidden := UNSEEN.search(line):
                self._wrong(
                    number,
                    f"there is a character in this line that nobody sees, U+{ord(hidden[0]):04X}; "
                    "take it out",
                )
            if line.startswith("#"):
                self._begin_step(number, line.lstrip("#").strip())
            elif not self._drafts:
                self._read_header(number, line)
            elif line.startswith("wait:"):
                self._read_wait(number, line.removeprefix("wait:").strip())
            elif line:
                self._read_text(number, line, in_paragraph)
            in_paragraph = bool(line) and not line.startswith(("#", "wait:"))
        self._check_whole(max(len(lines), 1))
        named = self._document()
        if named is not None:
            self._check_against(named[1])
        if self._problems or named is None:
            raise LessonError(self._problems)
        steps = tuple(
            LessonStep(
                draft.heading,
                tuple(text for _, text in draft.paragraphs),
                tuple(task for _, task in draft.tasks),
            )
            for draft in self._drafts
        )
        return Lesson(self._header["title"][1], *named, steps)

    def _wrong(self, line: int, sentence: str) -> None:
        self._problems.append(Problem(line, sentence))

    def _read_header(self, number: int, line: str) -> None:
        if not line:
            return
        match = _HEADER.fullmatch(line)
        if match is None or match[1] not in _KEYS:
            self._wrong(
                number,
                f'"{shortened(line)}" is no line of the header; before the first heading stand '
                "title: and example: (or document:), and seed: if it is wanted",
            )
        elif match[1] in self._header:
            self._wrong(number, f"{match[1]}: stands here twice")
        elif not match[2]:
            self._wrong(number, f"there is nothing after {match[1]}:")
        else:
            self._header[match[1]] = number, match[2]

    def _begin_step(self, number: int, heading: str) -> None:
        if not heading:
            self._wrong(number, "a step needs a heading after the #")
        if len(heading) > MAX_HEADING:
            self._wrong(number, f"a heading has at most {MAX_HEADING} characters")
        self._drafts.append(_Draft(number, heading, []))

    def _read_wait(self, number: int, words: str) -> None:
        draft = self._drafts[-1]
        draft.has_wait = True
        try:
            draft.tasks.append((number, read_task(words, self._tools)))
        except ValueError as error:
            self._wrong(number, _ended(error))

    def _read_text(self, number: int, line: str, in_paragraph: bool) -> None:
        draft = self._drafts[-1]
        if draft.has_wait:
            self._wrong(number, "after its wait: a step has no more text; begin another with ##")
        elif in_paragraph and draft.paragraphs:
            first, text = draft.paragraphs[-1]
            draft.paragraphs[-1] = first, f"{text} {line}"
        else:
            draft.paragraphs.append((number, line))

    def _check_whole(self, last: int) -> None:
        for draft in self._drafts:
            if not draft.paragraphs:
                self._wrong(draft.line, "this step has no text")
            if not draft.has_wait:
                self._wrong(
                    draft.line,
                    "this step does not say what it waits for; end it with a line such as "
                    "wait: next",
                )
        header_is_right = not any(self._is_in_header(problem) for problem in self._problems)
        if "title" not in self._header and header_is_right:
            self._wrong(1, "the lesson has no title; begin with a line such as title: First steps")
        if not self._drafts:
            self._wrong(last, "the lesson has no steps; each begins with a line such as ## Look")
        if len(self._drafts) > MAX_STEPS:
            line = self._drafts[MAX_STEPS].line
            self._wrong(line, f"a lesson has at most {MAX_STEPS} steps")

    def _is_in_header(self, problem: Problem) -> bool:
        return not self._drafts or problem.line < self._drafts[0].line

    def _document(self) -> tuple[str, Document] | None:
        """What the lesson opens, and its name; None if that is not to be had."""
        example, file = self._header.get("example"), self._header.get("document")
        if example is None and file is None and any(map(self._is_in_header, self._problems)):
            return None  # the line that is wrong may well be the one that is missing
        if (example is None) == (file is None):
            line = 1 if example is None else max(example[0], file[0] if file else 0)
            self._wrong(
                line,
                "a lesson opens one thing: either example: with the name of an example, or "
                "document: with that of a file beside it",
            )
            return None
        line, _ = found = example or file or (0, "")
        try:
            name, document = self._opened(*found, is_example=example is not None)
        except (ValueError, DocumentError) as error:
            self._wrong(line, _ended(error))
            return None
        return name, self._with_seed(document)

    def _opened(self, line: int, name: str, is_example: bool) -> tuple[str, Document]:
        if is_example:
            if name not in example_names():
                known = ", ".join(example_names())
                raise ValueError(f'there is no example "{shortened(name)}"; there are {known}')
            return name, read_example(name)
        if self._folder is None:
            raise ValueError("a document can only be found from a lesson that is a file")
        return load(str(_within(self._folder, name)))

    def _with_seed(self, document: Document) -> Document:
        """The document with start values drawn from the header's seed, what is fixed kept."""
        if "seed" not in self._header:
            return document
        line, text = self._header["seed"]
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            self._wrong(line, f'a seed is a whole number from 0, not "{shortened(text)}"')
            return document
        spec = replace(document.spec, seed=int(text))
        drawn = spec.draw()
        start = np.where(spec.network.trained > 0, drawn, document.start)
        return Document(spec=spec, start=start, title=document.title, note=document.note)

    def _check_against(self, document: Document) -> None:
        """Whether everything named in the steps is there in the lesson's document."""
        for draft in self._drafts:
            for line, text in draft.paragraphs:
                try:
                    check_text(text, document.spec.network)
                except ValueError as error:
                    self._wrong(line, _ended(error))
            for line, task in draft.tasks:
                try:
                    task.check(document.spec)
                except ValueError as error:
                    self._wrong(line, _ended(error))


def _within(folder: Path, name: str) -> Path:
    """The file with this path from a folder, in it or further inside. Raises ValueError for any
    other, also behind a link."""
    path = folder / name
    inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    if Path(name).is_absolute() or not inside:
        raise ValueError(
            f'"{shortened(name)}" is outside the folder of the lesson; put the document beside the '
            "lesson, and write its name alone"
        )
    return path


def _ended(error: Exception) -> str:
    """A refusal's sentence without its full stop."""
    return str(error).removesuffix(".")
