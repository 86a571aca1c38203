"""`main.py results`: a class's result files in one table, as a teacher meets it."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from engine.learn.predict.result_file import result_of, write_result
from engine.learn.predict.sitting import Sitting
from tests.conftest import Bound
from tests.test_command_line import backpass


def written(folder: Path, person: str) -> str:
    """A result file without a question, of a person."""
    path = folder / f"{person.strip('=')}.backpass-result.json"
    result = result_of(Sitting(person, ("deltas",), True), "Exercise 1", datetime(2026, 3, 4))
    path.write_bytes(write_result(result))
    return str(path)


def people(table: Path) -> list[str]:
    with table.open(encoding="utf-8-sig", newline="") as lines:
        return [row["person"] for row in csv.DictReader(lines)]


def test_each_file_is_a_row_in_the_order_given(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    done = backpass("results", *(written(tmp_path, n) for n in ("Zoé", "=Bob")), str(table))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert people(table) == ["Zoé", "'=Bob"]
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_broken_file_is_named_and_the_rest_is_gathered(tmp_path: Path) -> None:
    table, broken = tmp_path / "class.csv", tmp_path / "broken.json"
    broken.write_text('{"format": "backpass-result", "version": 1}', encoding="utf-8")
    done = backpass("results", str(broken), written(tmp_path, "Ada"), "missing.json", str(table))
    assert done.returncode == 2
    assert [name in done.stderr for name in ("broken.json", "missing.json")] == [True, True]
    assert len(done.stderr.splitlines()) == 2 and "Traceback" not in done.stderr
    assert people(table) == ["Ada"]


def test_a_forgotten_table_overwrites_nothing(tmp_path: Path) -> None:
    first, second = written(tmp_path, "Ada"), written(tmp_path, "Bob")
    before = Path(second).read_bytes()
    done = backpass("results", first, second)
    assert done.returncode == 2 and "OUT.csv" in done.stderr
    assert Path(second).read_bytes() == before


def test_without_a_result_nothing_is_written(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text("old", encoding="utf-8")
    done = backpass("results", str(tmp_path / "missing.json"), str(table))
    assert done.returncode == 2 and table.read_text(encoding="utf-8") == "old"


def test_a_table_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    done = backpass("results", written(tmp_path, "Ada"), str(tmp_path / "no" / "class.csv"))
    assert done.returncode == 2 and "cannot be written" in done.stderr


def test_a_disk_that_fills_up_half_way_leaves_the_old_table(
    tmp_path: Path, files_up_to: Bound
) -> None:
    table, result = tmp_path / "class.csv", written(tmp_path, "Ada")
    table.write_text("old", encoding="utf-8")
    with files_up_to(100):
        done = backpass("results", result, str(table))
    assert (done.returncode, done.stderr) == (2, f"{table} cannot be written: File too large.\n")
    assert table.read_text(encoding="utf-8") == "old"
    assert set(tmp_path.iterdir()) == {table, Path(result)}
