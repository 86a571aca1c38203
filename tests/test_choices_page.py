"""docs/what-can-be-chosen.md says what the tables say."""

from __future__ import annotations

import runpy
from pathlib import Path

from engine.data.datasets import DATASETS
from engine.maths.activations import ACTIVATION_SETTINGS, ACTIVATIONS
from engine.maths.initializers import INITIALIZERS
from engine.maths.losses import LOSSES
from engine.maths.optimizers import RULES
from engine.run.mistakes import MISTAKES

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "what-can-be-chosen.md"
REMAKE = "the page is out of date; make it anew with\npython docs/make_choices.py"


def test_the_page_is_made_from_the_tables() -> None:
    made = runpy.run_path(str(DOCS / "make_choices.py"))["page"]()
    assert PAGE.read_text(encoding="utf-8") == made, REMAKE


def test_it_has_every_row() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for table in (ACTIVATIONS, LOSSES, RULES, INITIALIZERS, MISTAKES, DATASETS):
        for key, row in table.items():
            assert f"**{row.title}** (`{key}`)" in text
    for activation in ACTIVATIONS.values():
        assert activation.formula in text and activation.derivative in text
    for setting in ACTIVATION_SETTINGS.values():
        assert f"- {setting.symbol}, {setting.title} (`{setting.key}`)" in text


def test_every_activation_says_its_slope_and_what_it_suits() -> None:
    for activation in ACTIVATIONS.values():
        assert activation.derivative and activation.suits
