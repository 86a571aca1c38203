"""Tables: what is read, whatever separates the cells, and what is said of what cannot be."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.data import table as table_module
from engine.data.preparation import prepared, problems, proposed_plan, spec_of
from engine.data.table import Sampled, TableError, TooManyRows, read_table, table_file, text_of
from engine.run.check_spec import SpecError

PEOPLE = "height;weight;sex\n1,80;81,5;m\n1,65;60;f\n1,72;70,25;f\n"


@pytest.mark.parametrize(
    "raw",
    [
        PEOPLE.encode(),
        PEOPLE.encode("utf-8-sig"),
        PEOPLE.encode("utf-16"),
        PEOPLE.encode("utf-16-le"),
        PEOPLE.encode("utf-16-be"),
        PEOPLE.replace("\n", "\r\n").encode(),
        PEOPLE.replace(";", "\t").encode(),
        PEOPLE.replace(",", ".").replace(";", ",").encode(),
        PEOPLE.replace(",", ".").replace(";", " , ").encode(),
        PEOPLE.replace(";", "|").encode(),
        PEOPLE.replace("\n", ";\n").encode(),  # a separator too many
        PEOPLE.replace("1,80;81,5;m", '"1,80";"81,5";"m"').encode(),
        b"\n" + PEOPLE.replace("\n", "\n\n").encode(),
    ],
)
def test_the_same_table_in_every_clothing(raw: bytes) -> None:
    table = read_table(text_of(raw))
    assert table.headings == ("height", "weight", "sex") and not table.ragged
    height, weight, sex = table.columns
    assert height.numbers.tolist() == [1.8, 1.65, 1.72]
    assert weight.numbers.tolist() == [81.5, 60.0, 70.25]
    assert sex.cells == ("m", "f", "f") and not sex.is_numeric


def test_the_line_of_each_row_is_known_where_cells_have_several_lines() -> None:
    table = read_table('a,b\n"1\n2",3\n\n4,x\n5\n')
    assert table.lines.tolist() == [2, 5] and table.ragged == ((6, 1),)
    assert table.columns[0].cells == ("1\n2", "4")


def test_headings_are_made_up_where_there_are_none_and_told_apart_where_they_are_alike() -> None:
    assert read_table("1,2\n3,4\n").headings == ("column 1", "column 2")
    assert read_table("a,a,\n3,4,5\n6,7,8\n").headings == ("a", "a (2)", "column 3")
    assert read_table("a,b\nc,d\n", heading=False).headings == ("column 1", "column 2")
    assert len(read_table("1,2\n3,4\n", heading=True)) == 1


@pytest.mark.parametrize("word", ["", "NA", "n/a", "NaN", "?", "null"])
def test_what_is_not_known_is_empty_and_no_number(word: str) -> None:
    column = read_table(f"a,b\n1,2\n{word},3\n").columns[0]
    assert column.empty.tolist() == [False, True] and column.is_numeric
    assert np.isnan(column.numbers[1])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nothing in this table"),
        ("a,b\n", "no rows below the heading"),
        ("a,b\n1,2,3\n4,5,6\n7,8,9\n", "the heading, has 2 cells, and most rows have 3"),
        ("a,b\n" + "x" * 200_000 + ",1\n", "field larger than field limit"),
        (",".join("a" * 2001) + "\n" + ",".join("1" * 2001) + "\n", "2001 columns"),
    ],
)
def test_what_is_no_table_is_a_sentence(text: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_table(text)


def test_of_too_many_rows_a_sample_can_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MAX_TABLE_CELLS", 200)
    text = "a,b\n" + "".join(f"{n},{n % 7}\n" for n in range(1000))
    with pytest.raises(TooManyRows, match="1,000 rows, and at most 100") as refused:
        read_table(text)
    assert (refused.value.rows, refused.value.most) == (1000, 100)
    taken = [read_table(text, sample=Sampled(50, seed)) for seed in (1, 1, 2)]
    rows = [tuple(table.columns[0].numbers.tolist()) for table in taken]
    assert rows[0] == rows[1] != rows[2] and len(set(rows[0])) == 50
    assert list(rows[0]) == sorted(rows[0]) and taken[0].whole == 1000
    assert (taken[0].lines == np.array(rows[0]) + 2).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_a_file_gives_the_sample_that_its_text_gives(tmp_path: Path, encoding: str) -> None:
    text = 'größe,"b, or\nc"\n' + "".join(f'{n},"ä\n{n % 7}"\n\n' for n in range(500))
    path = tmp_path / "large.csv"
    path.write_bytes(text.encode(encoding))
    file = table_file(partial(path.open, "rb"))
    read, wanted = (read_table(each, sample=Sampled(40, 3)) for each in (file, text))
    assert read.headings == wanted.headings == ("größe", "b, or c")
    assert read.columns[1].cells == wanted.columns[1].cells and len(read) == 40
    assert (read.lines == wanted.lines).all() and read.whole == wanted.whole == 500


def test_a_sample_is_drawn_from_all_rows_however_many_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_module, "MAX_TABLE_CELLS", 200)
    text = "a,b\n" + "".join(f"{n},{n % 7}\n" for n in range(1000))
    table = read_table(text, sample=Sampled(100_000, 1))
    assert len(table) == 100 and table.columns[0].numbers[-1] > 500


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)


@given(
    st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2)
    ),
    st.sampled_from(",;\t"),
)
@settings(deadline=None)
def test_whatever_is_written_as_csv_reads_back(rows: list[list[str]], separator: str) -> None:
    """With a heading of plain words, so that what separates the cells is beyond doubt, and a last
    cell in each row that is not empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    width = len(rows[0])
    writer.writerow([f"name{n}" for n in range(width)] + ["end"])
    writer.writerows([[*row, "1"] for row in rows])
    table = read_table(text.getvalue())
    assert table.headings == (*(f"name{n}" for n in range(width)), "end")
    read = list(zip(*(column.cells for column in table.columns[:-1]), strict=True))
    assert read == [tuple(cell.strip() for cell in row) for row in rows]


def test_no_mutated_table_is_a_traceback() -> None:
    """2,000 tables with bytes changed, cut, doubled and moved: a network, or a sentence."""
    sound = [
        PEOPLE.encode(),
        b"id,a,b,species\n1,0.5,north,x\n2,1.5,south,y\n3,-2,west,z\n4,7,north,x\n",
        b"x1\tx2\tt\n0\t0\t0\n0\t1\t1\n1\t0\t1\n1\t1\t0\n",
        PEOPLE.encode("utf-16"),
    ]
    strange = [b'"', b";", b",", b"\n", b"\0", b"\xff", b"1e400", b"NaN", b"-", b"\t", b"1_0",
               b"\xe2\x88\x92", b"\r", b"=", b"|", b"999999999999999", b"0", b"\xff\xfe"]
    generator = np.random.default_rng(4)
    made = refused = 0
    for number in range(2000):
        raw = bytearray(sound[number % len(sound)])
        for _ in range(int(generator.integers(1, 5))):
            at = int(generator.integers(0, len(raw) + 1))
            match generator.integers(0, 4):
                case 0:
                    raw[at:at] = strange[int(generator.integers(len(strange)))]
                case 1:
                    del raw[at : at + int(generator.integers(1, 6))]
                case 2:
                    raw[at:at] = raw[: int(generator.integers(1, 12))]
                case _:
                    raw[at : at + 1] = bytes([int(generator.integers(256))])
        try:
            table = read_table(text_of(bytes(raw)))
            plan = replace(proposed_plan(table), leave_out=True)
            found = problems(table, plan)
            taken = prepared(table, plan)
            spec_of(taken, plan)
            made += 1
            assert len(taken.data) + len({p.line for p in found}) == len(table) + len(table.ragged)
        except ValueError as error:
            said = str(error)
            assert isinstance(error, SpecError) or (said[0].isupper() and said[-1] == ".")
            refused += 1
    assert made > 500 and refused > 20
