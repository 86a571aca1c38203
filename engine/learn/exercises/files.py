"""Exercises as files: for each variant the document, the problem sheet and the key."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import SUFFIX
from engine.documents.reading import write_document
from engine.documents.whole_file import reason, write_whole
from engine.export.formats import Format
from engine.learn.exercises.exercise import Exercise, ExerciseError, make_exercise
from engine.learn.exercises.sheet import answer_key, problem_sheet

MAX_COUNT = 1000
_SHEET = "-sheet"  # the end of a problem sheet's name


def key_beside(sheet: Path) -> Path:
    """The file of the key that belongs to a problem sheet."""
    return sheet.with_name(f"{sheet.stem.removesuffix(_SHEET)}-key{sheet.suffix}")


def sheet_name(exercise: Exercise, format: Format) -> str:
    """What the file of a problem sheet is called."""
    return f"{exercise.name}{_SHEET}.{format.ending}"


def write_sheet_and_key(
    sheet: Path, document: Document, exercise: Exercise, format: Format
) -> tuple[Path, Path]:
    """Write the problem sheet, and the key beside it; both files. Raises FileError."""
    paths = sheet, key_beside(sheet)
    # Both are made before the first is written, so that they belong together.
    texts = [format.data(make(document, exercise)) for make in (problem_sheet, answer_key)]
    for path, data in zip(paths, texts, strict=True):
        write_whole(path, data)
    return paths


def write_exercises(folder: Path, first: Exercise, count: int, format: Format) -> list[Path]:
    """Write so many variants from the first one on into a folder, which is made if need be.

    Returns the files, three for each variant. Files of the same names are replaced. Raises
    ExerciseError for what cannot be made, FileError for what cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExerciseError(f"{folder} cannot be made: {reason(error)}.") from None
    written: list[Path] = []
    for seed in range(first.seed, first.seed + count):
        exercise = replace(first, seed=seed)
        document = make_exercise(exercise)
        path = folder / f"{exercise.name}{SUFFIX}"
        write_whole(path, write_document(document))
        sheet = folder / sheet_name(exercise, format)
        written += path, *write_sheet_and_key(sheet, document, exercise, format)
    return written
