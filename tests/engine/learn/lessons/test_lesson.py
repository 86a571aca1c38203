"""Lesson files: what is read from them, and what is said of those that are wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.documents.reading import write_document
from engine.learn.lessons.bundled import bundled_lesson, lesson_names
from engine.learn.lessons.lesson import Lesson, LessonError, read_lesson
from engine.learn.lessons.tasks import Ask, Read, Show

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "lessons.md"

WHOLE = """title: Two steps
example: mazur-2-2-2

# First
One line
and a second.

Another paragraph.

wait: step net input h1
wait: ask net input h1

## Second
The end.
wait: next
"""


def read(text: str, folder: Path | None = None, **rest: list[str]) -> Lesson:
    return read_lesson(text.encode(), folder, **rest)


def problems(text: str, **rest: list[str]) -> list[str]:
    with pytest.raises(LessonError) as caught:
        read(text, **rest)
    return str(caught.value).splitlines()


def test_a_lesson_is_read() -> None:
    lesson = read(WHOLE)
    assert (lesson.title, lesson.name) == ("Two steps", "mazur-2-2-2")
    assert lesson.document.spec.network.sizes == (2, 2, 2)
    first, second = lesson.steps
    assert (first.heading, second.heading) == ("First", "Second")
    assert first.paragraphs == ("One line and a second.", "Another paragraph.")
    assert first.tasks == (Show("net input h1"), Ask("net input h1"))
    assert second.tasks == (Read(),)


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    data = b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()
    assert read_lesson(data).steps == read(WHOLE).steps


def test_a_document_is_found_beside_the_lesson(tmp_path: Path) -> None:
    document = read_example("one-neuron")
    (tmp_path / "mine.backpass.json").write_bytes(write_document(document))
    text = "title: T\ndocument: mine.backpass.json\n# A\nText.\nwait: step net input o\n"
    lesson = read(text, tmp_path)
    assert lesson.name == "mine"
    assert lesson.document.spec.network.sizes == (1, 1)


def test_a_seed_draws_the_start_values_and_leaves_what_is_fixed() -> None:
    text = "title: T\nexample: mazur-2-2-2\nseed: 7\n# A\nText.\nwait: next\n"
    document = read(text).document
    network = document.spec.network
    assert document.spec.seed == 7
    drawn = network.draw("uniform_0_1", 7)
    assert (document.start[:4] == drawn[:4]).all()
    assert (document.start[4], document.start[9]) == (0.35, 0.6)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Two steps", "", "line 1: the lesson has no title"),
        ("title: Two steps", "title:", "line 1: there is nothing after title:"),
        ("title: Two steps", "Two steps", 'line 1: "Two steps" is no line of the header'),
        ("title: Two steps", "titel: Two steps", 'line 1: "titel: Two steps" is no line of the'),
        ("title: Two", "title: One\ntitle: Two", "line 2: title: stands here twice"),
        ("example: mazur-2-2-2", "", "line 1: a lesson opens one thing"),
        ("mazur-2-2-2", "mazur", 'line 2: there is no example "mazur"; there are one-neuron'),
        ("mazur-2-2-2", "mazur-2-2-2\ndocument: x.json", "line 3: a lesson opens one thing"),
        ("example: mazur-2-2-2", "document: x.json", "line 2: a document can only be found"),
        ("mazur-2-2-2", "mazur-2-2-2\nseed: x", 'line 3: a seed is a whole number from 0, not "x'),
        ("# First", "#", "line 4: a step needs a heading after the #"),
        ("# First", "# " + "x" * 61, "line 4: a heading has at most 60 characters"),
        ("wait: next\n", "", "line 13: this step does not say what it waits for"),
        ("The end.\n", "", "line 13: this step has no text"),
        ("wait: next", "wait: next\nMore.", "line 16: after its wait: a step has no more text"),
        ("wait: next", "wait: nxt", 'line 15: "nxt" is nothing to wait for; a wait begins with'),
        ("wait: next", "wait:", 'line 15: "" is nothing to wait for'),
        ("wait: next", "wait: next please", 'line 15: nothing stands after "next", but here is'),
        ("wait: next", "wait: step", 'line 15: "step" needs more, as in step net input h1'),
        ("wait: next", "wait: step net input h9",
         'line 15: there is no unit "h9"; there are i1, i2, h1, h2, o1, o2'),
        ("wait: next", "wait: step gradient w9", 'line 15: there is no weight or bias "w9"; there'),
        ("wait: next", "wait: step net input i1", "line 15: there is no net input of i1 here"),
        ("wait: next", "wait: step loss h1", "line 15: there is no loss of h1 here"),
        ("wait: next", "wait: step update b1", "line 15: there is no update of b1 here: it is fix"),
        ("wait: next", "wait: ask the time", 'line 15: "the time" names no step; steps are:'),
        ("wait: next", "wait: epochs many", "line 15: after epochs stands a whole number from 1"),
        ("wait: next", "wait: epochs 0", "line 15: after epochs stands a whole number from 1"),
        ("wait: next", "wait: loss 0.01", "line 15: after loss stands a side and a number"),
        ("wait: next", "wait: loss below x", 'line 15: "x" is not a number'),
        ("wait: next", "wait: edit w9", 'line 15: there is no weight or bias "w9"'),
        ("wait: next", "wait: set 5", "line 15: after set stand a name and a number"),
        ("wait: next", "wait: optimizer sgd", 'line 15: there is no optimizer "sgd"; there are gr'),
        ("wait: next", "wait: activation linear", "line 15: after activation stand a unit and a"),
        ("wait: next", "wait: activation o1 step2", 'line 15: there is no activation "step2"'),
        ("wait: next", "wait: activation i1 tanh", "line 15: i1 is an input"),
        ("wait: next", "wait: sample 2", "line 15: there is no sample 2; there are 1"),
        ("wait: next", "wait: mistake typo", 'line 15: there is no mistake "typo"; there are'),
        ("wait: next", "wait: mistake lost-factor-2", "line 15: the mistake lost-factor-2 cannot"),
        ("The end.", "The {net output h1}.", 'line 14: "net output h1" names no step'),
        ("The end.", "The {w9}.", 'line 14: there is no unit "w9"'),
        ("The end.", "The {target h1}.", "line 14: h1 is no output"),
        ("The end.", "The {forward pass}.", "line 14: a pass has no symbol"),
        ("The end.", "The {w1.", "line 14: braces hold a quantity"),
        ("The end.", "The **end.", "line 14: bold words begin and end with **"),
        ("Another paragraph.", "Another\nparagraph {w9}.", 'line 8: there is no unit "w9"'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, said: str) -> None:
    assert WHOLE.count(old) == 1 or old == "mazur-2-2-2"
    first, *more = problems(WHOLE.replace(old, new, 1))
    assert first.startswith(said)
    assert more == []


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_lines() -> None:
    text = WHOLE.replace("wait: next", "wait: nxt").replace("One line", "One {w9}")
    lines = problems("seed: x\n" + text.replace("title: Two steps\n", ""))
    assert [line.split(":")[0] for line in lines] == ["line 1", "line 1", "line 5", "line 15"]


def test_a_tool_is_checked_where_the_tools_are_known() -> None:
    text = WHOLE.replace("wait: next", "wait: open Gradient check")
    assert len(read(text, tools=["Gradient check"]).steps) == 2
    assert len(read(text).steps) == 2
    (said,) = problems(text, tools=["Published"])
    assert said.startswith('line 15: there is no tool "gradient check"; there are published')


def test_files_that_are_no_text_or_too_large_are_refused() -> None:
    with pytest.raises(LessonError, match="line 2: this is not UTF-8 text"):
        read_lesson(b"title: a\nexample: \xff\n")
    with pytest.raises(LessonError, match="line 1: a lesson has at most 256 KiB"):
        read_lesson(b"x" * (2**18 + 1))
    (line,) = [line for line in problems("title: T\nexample: one-neuron") if "no steps" in line]
    assert line.startswith("line 2:")


@given(st.lists(st.sampled_from(WHOLE.splitlines() + ["wait: step", "{", "**", "#", ""])))
def test_whatever_the_lines_are_there_is_a_lesson_or_a_sentence(lines: list[str]) -> None:
    try:
        assert read("\n".join(lines)).steps
    except LessonError as error:
        assert error.problems
        for problem in error.problems:
            assert 1 <= problem.line <= max(len(lines), 1)
            assert not problem.sentence.endswith(".")


def test_the_example_of_the_guide_is_a_lesson() -> None:
    (text,) = re.findall(r"```\n(title:.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    lesson = read(text)
    assert lesson.title == "The sign of a delta"
    assert len(lesson.steps) == 4


def test_the_guide_names_every_kind_of_wait() -> None:
    lines = re.findall(r"^\| `wait: ([^`]+)`", GUIDE.read_text(encoding="utf-8"), re.M)
    head = "title: T\nexample: xor-2-3-1\n# A\nText.\n"
    said = problems(head + "wait: ?\n")[0]
    kinds = said.partition("one of: ")[2].split(", ")
    assert sorted({kind for kind in kinds for line in lines if line.startswith(kind)}) == sorted(
        kinds
    )


@pytest.mark.parametrize("name", lesson_names())
def test_the_bundled_lessons_are_short(name: str) -> None:
    lesson = bundled_lesson(name)
    assert isinstance(lesson.document, Document)
    assert 6 <= len(lesson.steps) <= 13
    for step in lesson.steps:
        assert len(" ".join(step.paragraphs)) <= 230, step.heading


def _lesson_on(path: str) -> str:
    return f"title: T\ndocument: {path}\n# A\nText.\nwait: step net input o\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of lessons with a document outside it, and links to that."""
    folder = tmp_path / "lessons"
    (folder / "more").mkdir(parents=True)
    data = write_document(read_example("one-neuron"))
    for home in (tmp_path, folder, folder / "more"):
        (home / "mine.json").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    "path", ["mine.json", "./mine.json", "more/mine.json", "more/../mine.json"]
)
def test_a_document_in_the_folder_is_found(folder: Path, path: str) -> None:
    assert read(_lesson_on(path), folder).name == "mine"


@pytest.mark.parametrize(
    "path", ["../mine.json", "more/../../mine.json", "{folder}/mine.json", "/dev/zero"]
)
def test_a_document_elsewhere_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(LessonError) as caught:
        read(_lesson_on(path.format(folder=folder)), folder)
    assert "is outside the folder of the lesson; put" in str(caught.value)


def test_a_link_does_not_lead_out_of_the_folder(folder: Path) -> None:
    (folder / "link.json").symlink_to(folder.parent / "mine.json")
    (folder / "out").symlink_to(folder.parent)
    (folder / "within.json").symlink_to(folder / "mine.json")
    for path in ("link.json", "out/mine.json"):
        with pytest.raises(LessonError, match="line 2: .* is outside the folder of the lesson"):
            read(_lesson_on(path), folder)
    assert read(_lesson_on("within.json"), folder).name == "within"


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\u202e", "\u2066", "\x9b"])
def test_a_character_that_nobody_sees_is_refused_with_its_line(char: str) -> None:
    with pytest.raises(LessonError, match=rf"^line 5: there is a .* sees, U\+{ord(char):04X}; "):
        read(WHOLE.replace("One line", f"One{char} line"))
