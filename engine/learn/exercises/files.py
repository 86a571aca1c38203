"""Exercises as files: for each variant the document, the problem sheet and the key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import SUFFIX
from engine.documents.reading import write_document
from engine.documents.whole_file import write_whole
from engine.export.solution import Solution
from engine.learn.exercises.exercise import Exercise, ExerciseError, make_exercise
from engine.learn.exercises.sheet import answer_key, problem_sheet

MAX_COUNT = 1000


def exercise_files(
    document: Document, exercise: Exercise, ending: str, write: Callable[[Solution], str | bytes]
) -> dict[str, bytes]:
    """Names and contents of the sheet and the key of a variant; `write` makes the format that
    files with this ending have."""
    made = {}
    for what, solution in (
        ("sheet", problem_sheet(document, exercise)),
        ("key", answer_key(document, exercise)),
    ):
        data = write(solution)
        made[f"{exercise.name}-{what}.{ending}"] = data.encode() if isinstance(data, str) else data
    return made


def write_exercises(
    folder: Path,
    first: Exercise,
    count: int,
    ending: str,
    write: Callable[[Solution], str | bytes],
) -> list[Path]:
    """Write so many variants from the first one on into a folder, which is made if need be.

    Returns the files, three for each variant. Files of the same names are replaced. Raises
    ExerciseError for what cannot be made, FileError for what cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExerciseError(f"{folder} cannot be made: {error.strerror}.") from None
    written = []
    for seed in range(first.seed, first.seed + count):
        exercise = replace(first, seed=seed)
        document = make_exercise(exercise)
        files = {
            f"{exercise.name}{SUFFIX}": write_document(document),
            **exercise_files(document, exercise, ending, write),
        }
        for name, data in files.items():
            write_whole(folder / name, data)
            written.append(folder / name)
    return written
