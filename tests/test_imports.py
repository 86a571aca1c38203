"""Imports point one way: main -> command_line -> gui.main_window -> session, panels, canvas ->
engine.

The rules are the table RULES. A file follows the first row that names it or a folder it is in, and
what the row does not allow is forbidden. The standard library is open to all. What lies in
gui/plots/, gui/formulas/, gui/widgets/ and gui/dialogs/ is there for panels and canvas to share;
they do not share each other.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("engine", "gui", "command_line")


class Rule(NamedTuple):
    modules: tuple[str, ...]  # the files it is for; here and below a name stands for all inside it
    ours: tuple[str, ...]  # what they may import of this project,
    except_for: tuple[str, ...]  # but not these
    libraries: tuple[str, ...]


# The session and what it is made of: they own the run and draw nothing.
RUN = tuple(
    f"gui.{name}"
    for name in (
        "session", "background", "commands", "demonstration", "intents", "lesson_progress",
        "playing", "predicting", "results", "roads", "seed_runner", "standing", "teaching",
        "worker",
    )
)
SHOWN = ("gui.view", "gui.curtain", "gui.asking")  # what the window is told, as plain data
DOCUMENTS = "gui.documents"
PANELS, CANVAS, WINDOW, CHECK = "gui.panels", "gui.canvas", "gui.main_window", "gui.system_check"
# The menus "Learn", which wires each of its tools to the session, and "Help".
WIRING = tuple(
    f"gui.{name}"
    for name in (
        "tools",
        "tool_host",
        "checking_figures",
        "comparing",
        "gradient_checking",
        "help_menu",
        "mistakes_menu",
        "lessons",
        "prediction_menu",
        "prediction_tool",
        "seed_comparing",
        "exercises",
    )
)
ABOVE = (WINDOW, DOCUMENTS, *RUN, *WIRING)  # what no part of the window knows
START = (WINDOW, CHECK, "gui.theme", "gui.collecting")  # what it takes to open the window
# Imported only by whoever can do without them.
COMPILED = ("engine.kernels.numba_code", "engine.kernels.numba_lanes")
MATHS = ("numpy", "msgspec")
FAST = ("numpy", "numba", "llvmlite")
QT = ("PySide6", "numpy", "msgspec")
PAINTING = (*QT, "pyqtgraph", "ziamath")

RULES = (
    #    modules      may import                              except for                libraries
    Rule(COMPILED,    ("engine",),                            (),                       FAST),
    Rule(("engine",), ("engine",),                            (),                       MATHS),
    Rule(RUN,         ("engine", *SHOWN, *RUN),               (),                       QT),
    Rule((DOCUMENTS,), ("engine", "gui.files", "gui.session"), (),                      QT),
    Rule((PANELS,),   ("engine", "gui"),                      (PANELS, CANVAS, *ABOVE), PAINTING),
    Rule((CANVAS,),   ("engine", "gui"),                      (PANELS, *ABOVE),         PAINTING),
    Rule((WINDOW,),   ("engine", "gui"),                      (),                       PAINTING),
    Rule(WIRING,      ("engine", "gui"),                      (WINDOW,),                QT),
    Rule((CHECK,),    (),                                     (),                       ()),
    Rule(("gui",),    ("engine", "gui"),                      (PANELS, CANVAS, *ABOVE), PAINTING),
    Rule(("command_line",), ("engine", "command_line", *START), (),                     QT),
    Rule(("main",),   ("command_line",),                      (),                       ()),
)


def forbidden_arrows(root: Path) -> list[str]:
    """Every import in main.py and in PARTS below root that RULES does not allow."""
    found = [
        f"{path.relative_to(root).as_posix()}:{line} must not import {module}"
        for path in _files(root)
        for line, module in _imports(path, root)
        if not _allowed(".".join(path.relative_to(root).with_suffix("").parts), module)
    ]
    return list(dict.fromkeys(found))


def _files(root: Path) -> list[Path]:
    inside = [path for part in PARTS for path in sorted((root / part).rglob("*.py"))]
    return [root / "main.py", *inside]


def _imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            for name in node.names:  # `from gui import theme` is an arrow to gui.theme
                inner = root.joinpath(*origin.split("."), name.name)
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                yield node.lineno, f"{origin}.{name.name}" if is_module else origin


def _allowed(importer: str, module: str) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    rule = next(rule for rule in RULES if _within(importer, rule.modules))
    open_to_it = _within(module, rule.ours) and not _within(module, rule.except_for)
    return open_to_it or _within(module, rule.libraries)


def _within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_imports_point_one_way() -> None:
    assert ROOT / "engine" / "backprop.py" in _files(ROOT)
    assert forbidden_arrows(ROOT) == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A made-up project in which every arrow is right."""
    files = {
        "main.py": "from command_line.window import open_window",
        "command_line/window.py": "from gui.main_window import MainWindow\nimport engine.network",
        "engine/network.py": "import math\nimport numpy.typing\nfrom engine.steps import Steps",
        "engine/steps.py": "import msgspec",
        "gui/theme.py": "from PySide6.QtGui import QColor",
        "gui/session.py": "from engine import network\nfrom gui.commands import Change",
        "gui/commands.py": "from engine.network import Network",
        "gui/main_window.py": "from gui.panels.loss import Loss\nfrom gui.session import Session",
        "gui/panels/loss.py": "from gui import theme\nimport pyqtgraph\nimport engine.network",
        "gui/panels/data.py": "from gui.theme import LIGHT",
        "gui/canvas/scene.py": "from gui.canvas.node import Node",
        "gui/canvas/node.py": "from gui.theme import LIGHT",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_right_arrows_pass(tree: Path) -> None:
    assert forbidden_arrows(tree) == []


@pytest.mark.parametrize(
    ("file", "line", "module"),
    [
        ("engine/network.py", "import PySide6.QtCore", "PySide6.QtCore"),
        ("engine/network.py", "from pyqtgraph import mkPen", "pyqtgraph"),
        ("engine/network.py", "import scipy", "scipy"),
        ("engine/network.py", "from gui.theme import LIGHT", "gui.theme"),
        ("engine/network.py", "def late():\n    import gui", "gui"),
        ("engine/network.py", "from .steps import Steps", ".steps"),
        ("gui/panels/loss.py", "from gui.panels.data import Data", "gui.panels.data"),
        ("gui/panels/loss.py", "from gui.panels import data", "gui.panels.data"),
        ("gui/panels/loss.py", "from gui import session", "gui.session"),
        ("gui/panels/loss.py", "from gui.canvas.node import Node", "gui.canvas.node"),
        ("gui/panels/loss.py", "from gui.main_window import MainWindow", "gui.main_window"),
        ("gui/canvas/node.py", "import gui.session", "gui.session"),
        ("gui/canvas/node.py", "from gui.panels.loss import Loss", "gui.panels.loss"),
        ("gui/session.py", "from gui.panels.loss import Loss", "gui.panels.loss"),
        ("gui/commands.py", "from gui.main_window import MainWindow", "gui.main_window"),
        ("gui/theme.py", "from gui.canvas.node import Node", "gui.canvas.node"),
        ("gui/main_window.py", "import main", "main"),
        ("main.py", "from gui.main_window import MainWindow", "gui.main_window"),
        ("command_line/window.py", "from gui.panels.loss import Loss", "gui.panels.loss"),
        ("gui/session.py", "from command_line import window", "command_line.window"),
        ("main.py", "from backpass.gui import theme", "backpass.gui"),
    ],
)
def test_wrong_arrow_is_found(tree: Path, file: str, line: str, module: str) -> None:
    (tree / file).write_text(line, encoding="utf-8")
    place = line.count("\n") + 1
    assert forbidden_arrows(tree) == [f"{file}:{place} must not import {module}"]


def test_engine_loads_no_qt() -> None:
    program = """
import importlib, pathlib, sys
for path in pathlib.Path("engine").rglob("*.py"):
    try:
        importlib.import_module(".".join(path.with_suffix("").parts))
    except ModuleNotFoundError as error:
        if error.name not in ("numba", "llvmlite"):  # an extra
            raise
print(*{"PySide6", "shiboken6", "pyqtgraph", "ziamath", "gui"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr
