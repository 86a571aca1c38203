"""`main.py new` and `main.py predict`: a network for a table, and its answers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from engine.documents.reading import read_document
from tests.test_command_line import backpass

# Two groups of points that a line parts.
ROWS = [(n % 10, n // 10, "left" if n % 10 < 5 else "right") for n in range(60)]
TABLE = "width;height;side\n" + "".join(f"{a},5;{b};{side}\n" for a, b, side in ROWS)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "sides.csv"
    path.write_text(TABLE, encoding="utf-16")
    return path


def test_a_network_is_made_and_answers_by_the_names_of_columns_and_classes(table: Path) -> None:
    document, out = table.with_name("sides.backpass.json"), table.with_name("out.csv")
    done = backpass("new", str(table), str(document), "--hidden", "3", "--seed", "4")
    assert (done.returncode, done.stderr) == (0, "")
    assert "60 samples, network 2-3-1" in done.stdout and "side: target as classes" in done.stdout
    tree = json.loads(document.read_text("utf-8"))
    assert tree["scaling"]["kind"] == "standard" and tree["initializer"]["seed"] == 4
    assert tree["data"]["inputs"][:2] == [[0.5, 0], [1.5, 0]]  # in their own units
    asked = table.with_name("asked.csv")
    asked.write_text("height,width,remark\n2,1.5,x\n,2.5,y\n3,8.5,z\n", encoding="utf-8")
    done = backpass("predict", str(document), str(asked), str(out))
    assert done.returncode == 2 and "Line 3: “height” is empty." in done.stderr
    assert "Nothing was trained" in done.stdout
    with out.open(encoding="utf-8-sig", newline="") as lines:
        answers = list(csv.DictReader(lines))
    assert [row["remark"] for row in answers] == ["x", "z"]
    for row in answers:
        right = float(row["output right"]) >= 0.5
        assert row["answer side"] == ("right" if right else "left")
    asked.write_text("a,b\n2,1.5\n", encoding="utf-8")
    done = backpass("predict", str(document), str(asked), str(out))
    assert done.returncode == 0 and "names: a for width and b for height" in done.stdout
    done = backpass("run", str(document), "--epochs", "1")
    assert "    sample 1: " in done.stdout and "    … and 40 more; --json gives all" in done.stdout
    before = document.read_bytes()
    done = backpass("new", str(table), str(document), "--hidden", "5")
    assert done.returncode == 0 and document.read_bytes() != before  # replaced, as by all jobs
    done = backpass("run", str(table))
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"main.py new {table.name} OUT.backpass.json" in done.stderr
    as_json = table.with_name("table.json")
    as_json.write_bytes(kept := table.read_bytes())
    done = backpass("new", str(as_json), str(as_json))
    assert done.returncode == 2 and "is the table that is read" in done.stderr
    assert as_json.read_bytes() == kept
    split = table.with_name("split.json")
    backpass("new", str(table), str(split), "--test", "0.9")
    made = read_document(split.read_bytes())
    assert made.sample == made.spec.data.training_rows[0] > 0  # which can be stepped to the end


def test_what_is_wrong_is_listed_by_line_and_nothing_is_written(tmp_path: Path) -> None:
    table, document = tmp_path / "a.csv", tmp_path / "a.backpass.json"
    table.write_text("a,b,y\n1,2,3\n,2,3\n1,2\n4,5,6\n7,8,x\n1,5,3\n2,2,1\n6,4,3\n", "utf-8")
    done = backpass("new", str(table), str(document))
    assert done.returncode == 2 and not document.exists()
    assert "3 rows cannot be taken" in done.stderr
    for sentence in ("Line 3: “a” is empty.", "Line 4 has 2 cells", "Line 6: “y” is no number"):
        assert sentence in done.stderr
    assert "--leave-out" in done.stderr
    done = backpass("new", str(table), str(document), "--leave-out", "--target", "b")
    assert done.returncode == 0 and "Left out 3 rows" in done.stderr
    assert len(json.loads(document.read_text("utf-8"))["data"]["inputs"]) == 5
    table.write_text("a,b\n1,2\n,2\n", "utf-8")
    done = backpass("new", str(table), str(tmp_path / "b.json"))
    assert "1 row cannot be taken as it is." in done.stderr


def test_shares_to_test_and_to_validate_with_are_kept_out(tmp_path: Path) -> None:
    table, made = tmp_path / "points.csv", tmp_path / "points.json"
    rows = [f"{k},{k % 7},{k % 2}" for k in range(40)]
    table.write_text("\n".join(["a,b,y", *rows]), encoding="utf-8")
    done = backpass("new", str(table), str(made), "--test", "0.25", "--validation", "0.2")
    assert done.returncode == 0, done.stderr
    data = json.loads(made.read_text("utf-8"))["data"]
    assert (len(data["test"]), len(data["validation"])) == (10, 6)
    assert not set(data["test"]) & set(data["validation"])


def test_a_table_of_its_own_to_test_with(table: Path) -> None:
    other, made = table.with_name("test.csv"), table.with_name("made.json")
    plain = table.with_name("plain.json")
    other.write_text("remark,side,height,width\nx,left,1,0.5\ny,up,2,2\nz,right,3,9.5\n", "utf-8")
    asked = ("new", str(table), str(made), "--test-table", str(other))
    done = backpass(*asked)
    assert done.returncode == 2 and not made.exists()
    assert "test.csv: 1 row cannot be taken" in done.stderr
    assert "Line 3: “side”: “up” is none of the classes" in done.stderr
    assert "--leave-out" in done.stderr
    done = backpass(*asked, "--test", "0.2")
    assert done.returncode == 2 and "not allowed with argument" in done.stderr
    done = backpass(*asked, "--leave-out")
    assert done.returncode == 0 and f"Left out 1 row of {other}" in done.stderr
    assert "to test with: 2 samples of" in done.stdout
    assert backpass("new", str(table), str(plain)).returncode == 0
    mine, without = (json.loads(path.read_text("utf-8")) for path in (made, plain))
    assert mine["data"].pop("test") == [60, 61]
    assert mine["data"]["inputs"][60:] == [[0.5, 1], [9.5, 3]]
    assert mine["data"]["targets"][60:] == [[0], [1]]
    for name in ("inputs", "targets"):
        del mine["data"][name][60:]
    assert mine == without  # scaling, start values and the rows trained on



def test_a_run_of_scaled_data_says_so(table: Path) -> None:
    document, plain = table.with_name("s.backpass.json"), table.with_name("p.backpass.json")
    for out, scale in ((document, "standard"), (plain, "none")):
        assert backpass("new", str(table), str(out), "--scale", scale).returncode == 0
    note = "The inputs are scaled numbers."  # classes are none
    done = backpass("run", str(document), "--epochs", "1")
    assert done.returncode == 0 and note in done.stdout
    assert note not in backpass("run", str(plain), "--epochs", "1").stdout
    report = json.loads(backpass("run", str(document), "--epochs", "1", "--json").stdout)
    assert report["scaling"] == "standard"
