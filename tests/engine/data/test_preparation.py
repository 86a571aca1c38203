"""From a table to a network: what is proposed, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from engine.data.answers import (
    answer,
    input_fields,
    new_rows,
    output_fields,
    outputs_of,
    samples_of,
    samples_to_test_with,
)
from engine.data.preparation import Plan, prepared, problems, proposed_plan, spec_of
from engine.data.proposal import Role
from engine.data.table import Table, read_table
from engine.run.iteration import iterate
from engine.run.scaling import SAME
from engine.run.spec import Source, start_state

FLOWERS = """nr,petal length (cm),colour,island,species
1,1.4,red,a,setosa
2,4.5,red,b,versicolor
3,6.0,blue,c,virginica
4,1.5,blue,a,setosa
5,4.4,red,b,versicolor
6,5.9,blue,a,virginica
"""


def plan_of(text: str, *targets: str) -> tuple[Table, Plan]:
    table = read_table(text)
    return table, proposed_plan(table, targets)


def roles(plan: Plan) -> list[tuple[str, str]]:
    return [(role.role, role.kind) for role in plan.roles]


def test_a_table_of_flowers() -> None:
    table, plan = plan_of(FLOWERS)
    assert roles(plan) == [
        ("out", "number"), ("input", "number"), ("input", "class"), ("input", "class"),
        ("target", "class"),
    ]
    assert plan.roles[0].why == "it numbers the rows" and plan.scaling == "standard"
    spec = spec_of(prepared(table, plan), plan)
    assert spec.network.inputs == ("petal length", "colour", "island1", "island2", "island3")
    assert spec.data.inputs[:3].tolist() == [[1.4, 1, 1, 0, 0], [4.5, 1, 0, 1, 0], [6, 0, 0, 0, 1]]
    assert spec.data.targets[:3].tolist() == np.eye(3).tolist()
    assert spec.data.input_sources[1] == Source("colour", "red", "blue")
    assert [source.one for source in spec.data.target_sources] == [
        "setosa", "versicolor", "virginica"
    ]
    assert (spec.network.layers[-1].activation, spec.loss) == (
        "softmax", "categorical_cross_entropy"
    )
    assert spec.scaling is not None and spec.scaling.inputs[1:] == (SAME,) * 4
    assert spec.scaled.inputs[:, 0].std() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("heading", "target"),
    [("a,y,b", "y"), ("a,b,c", "c"), ("a,Species,b", "Species"), ("t,a,b", "t"),
     ("class,a,b", "class"), ("a,b,id", "b")],
)
def test_the_target_is_guessed(heading: str, target: str) -> None:
    table, plan = plan_of(f"{heading}\n7,3,1\n1,9,2\n5,2,3\n1,2,4\n")
    assert [table.headings[n] for n in plan.targets] == [target]


def test_several_targets_of_one_kind_are_taken_together_and_others_can_be_named() -> None:
    table, plan = plan_of("x1,x2,t1,t2\n1,2,3,4\n5,6,7,9\n")
    assert [table.headings[n] for n in plan.targets] == ["t1", "t2"]
    spec = spec_of(prepared(table, plan), plan)
    assert spec.network.sizes[-1] == 2 and spec.data.target_names == ("t1", "t2")
    _, plan = plan_of("x1,x2,t1,t2\n1,2,3,4\n5,6,7,9\n", "x2")
    assert roles(plan) == [("input", "number"), ("target", "number")] + [("input", "number")] * 2
    with pytest.raises(ValueError, match='no column "z"; there are x1, x2, t1 and t2'):
        proposed_plan(table, ("z",))


@pytest.mark.parametrize(
    ("cells", "output", "loss"),
    [
        ("no yes no yes", "sigmoid", "binary_cross_entropy"),
        ("0 1 1 0", "sigmoid", "binary_cross_entropy"),
        ("a b c a", "softmax", "categorical_cross_entropy"),
        ("1.5 2.5 3 4", "linear", "mean_squared_error"),
        ("0 1 2 3", "linear", "mean_squared_error"),
    ],
)
def test_output_and_loss_follow_from_the_target(cells: str, output: str, loss: str) -> None:
    rows = "".join(f"{n}.5,{cell}\n" for n, cell in enumerate(cells.split()))
    table, plan = plan_of(f"x,y\n{rows}")
    spec = spec_of(prepared(table, plan), plan)
    assert (spec.network.layers[-1].activation, spec.loss) == (output, loss)
    iterate(spec, start_state(spec))


def test_two_classes_have_two_outputs_if_that_is_wanted() -> None:
    table, plan = plan_of("x,y\n1,no\n2,yes\n")
    one = spec_of(prepared(table, plan), plan)
    two = spec_of(prepared(table, plan), replace(plan, two_in_one=False))
    assert one.data.target_sources == (Source("y", "yes", "no"),)
    assert one.network.sizes[-1] == 1 and two.network.sizes[-1] == 1  # as it was prepared
    two = spec_of(prepared(table, replace(plan, two_in_one=False)), plan)
    assert two.network.sizes[-1] == 2 and two.network.layers[-1].activation == "softmax"


def test_rows_that_cannot_be_taken_are_told_by_line_and_left_out_only_when_asked() -> None:
    table, plan = plan_of("a,b,y\n1,x,0.5\n2,1,\n3,1\n4,2,0.7\n5,3,0.8\n6,4,0.1\n7,5,1.5\n8,6,2\n")
    assert roles(plan)[1] == ("input", "number")
    assert [problem.sentence for problem in problems(table, plan)] == [
        "Line 2: “b” is no number but “x”.",
        "Line 3: “y” is empty.",
        "Line 4 has 2 cells; the table has 3 columns.",
    ]
    with pytest.raises(ValueError, match=r"3 rows cannot be taken, the first for this: Line 2"):
        prepared(table, plan)
    made = prepared(table, replace(plan, leave_out=True))
    assert made.data.inputs[:, 0].tolist() == [4, 5, 6, 7, 8] and len(made.problems) == 3
    as_class = replace(plan, roles=(plan.roles[0], Role("input", "class"), plan.roles[2]))
    assert [problem.line for problem in problems(table, as_class)] == [3, 4]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("1.234,5 2.000,1 999,5", "seems to group its digits"),
        ("1e308 -1e308 2", "too large"),
        ("inf 1 2", "not a finite number"),
    ],
)
def test_what_was_meant_as_a_number_is_no_class_and_is_told_why_it_is_none(
    cells: str, why: str
) -> None:
    rows = "".join(f"{cell};{n}\n" for n, cell in enumerate(cells.split()))
    table, plan = plan_of(f"x;y\n{rows}")
    assert roles(plan)[0] == ("input", "number")
    assert why in problems(table, plan)[0].sentence
    table, plan = plan_of("x;y\n" + f"{cells.split()[0]};1\n" * 2)
    with pytest.raises(ValueError, match=f"There is no number in “x”: .*{why}"):
        prepared(table, plan)


@pytest.mark.parametrize(
    ("text", "given", "says"),
    [
        ("x,y\n1,a\n2,a\n", {}, "single class"),
        ("x,y\n1,2\n3,4\n", {0: Role("out", "number")}, "needs an input"),
        ("x,y\n1,2\n3,4\n", {1: Role("out", "number")}, "needs a target"),
        ("x,y\na,2\nb,4\n", {0: Role("input", "number")}, "no number in “x”"),
        (",".join(f"x{n}" for n in range(70)) + ",y\n" + (",".join(["1"] * 71) + "\n") * 2, {},
         "70 inputs"),
    ],
)
def test_what_makes_no_network_is_refused(text: str, given: dict[int, Role], says: str) -> None:
    table, plan = plan_of(text)
    wanted = tuple(given.get(n, role) for n, role in enumerate(plan.roles))
    with pytest.raises(ValueError, match=says):
        prepared(table, replace(plan, roles=wanted))


def test_answers_are_in_units_of_the_data_and_names_of_classes() -> None:
    table, plan = plan_of(FLOWERS)
    spec = spec_of(prepared(table, plan), plan)
    theta = start_state(spec).theta
    assert [(field.heading, field.classes) for field in input_fields(spec)] == [
        ("petal length (cm)", ()), ("colour", ("blue", "red")), ("island", ("a", "b", "c")),
    ]
    mixed = read_table("island;petal length (cm);colour\nb;4,5;red\nz;4,5;red\nc;;blue\n")
    given = new_rows(spec, mixed)
    assert given.inputs.tolist() == [[4.5, 1, 0, 1, 0]]
    assert [problem.sentence for problem in given.problems] == [
        "Line 3: “island”: “z” is none of the classes; known are “a”, “b” or “c”.",
        "Line 4: “petal length (cm)” is empty.",
    ]
    outputs = outputs_of(spec, theta, given.inputs)
    assert outputs.sum() == pytest.approx(1.0)
    [field] = output_fields(spec)
    assert answer(field, np.array([0.1, 0.7, 0.2])) == "versicolor"
    with pytest.raises(ValueError, match="no column “colour” and “island”"):
        new_rows(spec, read_table("petal length (cm),size\n1,2\n"))


def test_numbers_are_answered_in_their_own_units() -> None:
    table, plan = plan_of("x,y\n100,5000\n200,7000\n300,9000\n")
    spec = spec_of(prepared(table, plan), replace(plan, scaling="range"))
    assert spec.scaling is not None and spec.scaled.targets.ravel().tolist() == [0.0, 0.5, 1.0]
    network = spec.network
    theta = np.zeros(network.size)  # so that the output is its bias
    bias = network.biases(theta, network.depth)
    assert bias is not None
    bias[:] = 0.25
    assert outputs_of(spec, theta, np.array([[100.0]])).tolist() == [[6000.0]]


def test_other_samples_of_the_same_columns_take_the_place_of_those_there_are() -> None:
    table, plan = plan_of(FLOWERS)
    spec = spec_of(prepared(table, plan), plan)
    data = samples_of(spec, read_table(
        "species,island,colour,petal length (cm),remark\nvirginica,c,blue,7,x\nsetosa,a,red,1,y\n"
    ))
    assert data.inputs.tolist() == [[7, 0, 0, 0, 1], [1, 1, 1, 0, 0]]
    assert data.targets.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert data.input_sources == spec.data.input_sources
    with pytest.raises(ValueError, match="Line 2: “species”: “rose” is none of the classes"):
        samples_of(spec, read_table(FLOWERS.replace("setosa", "rose")))
    with pytest.raises(ValueError, match="no column “colour”"):
        samples_of(spec, read_table(FLOWERS.replace("colour", "color")))
    validated = replace(spec, data=replace(spec.data, validation=np.array([5])))
    assert not len(samples_of(validated, read_table(FLOWERS)).validation)


def test_samples_to_test_with_are_found_by_the_names_of_columns_and_classes() -> None:
    table, plan = plan_of(FLOWERS)
    spec = spec_of(prepared(table, plan), plan)
    head = "species,Island,colour,petal length (cm),remark\n"
    found = samples_to_test_with(spec, read_table(
        head + "virginica,c,blue,7,x\nrose,a,red,1,y\nsetosa,,red,2,y\nsetosa,a,red,long,y\n"
        "setosa,a\nsetosa,a,red,1,y\n"
    ))
    assert found.inputs.tolist() == [[7, 0, 0, 0, 1], [1, 1, 1, 0, 0]]
    assert found.targets.tolist() == [[0, 0, 1], [1, 0, 0]] and found.places == ""
    assert [problem.line for problem in found.problems] == [3, 4, 5, 6]
    said = [problem.sentence for problem in found.problems]
    assert said[0].startswith("Line 3: “species”: “rose” is none of the classes; known are")
    assert said[1].startswith("Line 4: “Island”: nothing stands here")
    assert said[2] == "Line 5: “petal length (cm)” is no number but “long”."
    assert said[3] == "Line 6 has 2 cells; the table has 5 columns."
    with pytest.raises(ValueError, match="No row of it can be taken. Line 2: “species”: “rose”"):
        samples_to_test_with(spec, read_table(head + "rose,a,red,1,y\n"))


def test_columns_to_test_with_are_taken_by_their_places_only_without_a_heading() -> None:
    table, plan = plan_of("a,b,y\n1,2,3\n4,5,6\n7,8,1\n")
    spec = spec_of(prepared(table, plan), plan)
    found = samples_to_test_with(spec, read_table("9,8,7\n1,2,3\n"))
    assert found.inputs.tolist() == [[9, 8], [1, 2]] and found.targets.tolist() == [[7], [3]]
    assert found.places.endswith("column 1 for a, column 2 for b and column 3 for y")
    with pytest.raises(ValueError, match="has 2 columns, and the network needs 3: a, b and y"):
        samples_to_test_with(spec, read_table("9,8\n1,2\n"))
    with pytest.raises(ValueError, match="no column “a”, “b” and “y”"):
        samples_to_test_with(spec, read_table("b2,a2,y2\n1,2,3\n"))
    with pytest.raises(ValueError, match="no column “y”"):
        samples_to_test_with(spec, read_table("b,a,c\n1,2,3\n"))


def test_a_class_of_several_lines_is_one_name_and_answers_to_its_cell() -> None:
    text = 'x,y\n1,"a\nb"\n2,c\n3,"a\nb"\n' + f"4,{'d' * 150}\n"
    table, plan = plan_of(text)
    spec = spec_of(prepared(table, plan), plan)
    assert [source.one for source in spec.data.target_sources] == ["a b", "c", "d" * 100]
    assert samples_of(spec, table).targets.tolist() == spec.data.targets.tolist()
