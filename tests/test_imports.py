"""Imports point one way, from floor to floor, and nowhere in a circle.

    main → command_line → gui.window → gui.learn, gui.lenses → gui.documents, gui.panels →
    gui.session, gui.canvas, gui.plots, gui.formulas, gui.tables → gui.widgets → gui.view,
    gui.theme, gui.settings → engine.learn → engine.export → engine.derivations,
    engine.documents → engine.training, engine.data → engine.run → engine.formulas →
    engine.maths, engine.text

MAY_IMPORT says what each folder may import; what it does not name is forbidden. Three kinds of
neighbours do not know each other: panels, tools of the Learn menu, and the session and whatever
draws. The standard library is open to all; of other libraries the engine takes NumPy and msgspec.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("engine", "gui", "command_line")

# folder or file: what it may import beside itself; a folder's name stands for all that is in it
# and has no line of its own. `engine` and `gui` as a whole: for those on top.
MAY_IMPORT = {
    "engine.maths": "",
    "engine.text": "",
    "engine.formulas": "engine.maths engine.text",
    "engine.run": "engine.maths engine.text engine.formulas",
    "engine.data": "engine.maths engine.text engine.run",
    "engine.training": "engine.maths engine.text engine.run",
    "engine.derivations": "engine.maths engine.text engine.formulas engine.run",
    "engine.documents": "engine.maths engine.text engine.formulas engine.run engine.training",
    "engine.export": "engine.maths engine.text engine.formulas engine.run engine.derivations",
    "engine.learn": "engine.maths engine.text engine.formulas engine.run engine.data "
    "engine.training engine.derivations engine.documents engine.export",
    "gui.looks": "",
    "gui.style_sheet": "gui.looks",
    "gui.theme": "gui.looks gui.style_sheet",
    "gui.settings": "engine gui.theme",
    "gui.view": "engine",
    "gui.widgets": "engine gui.theme gui.view",
    "gui.tables": "engine gui.theme gui.view gui.widgets",
    "gui.formulas": "engine gui.theme gui.view gui.widgets",
    "gui.plots": "engine gui.theme gui.view gui.widgets",
    "gui.canvas": "engine gui.theme gui.view gui.widgets",
    "gui.session": "engine gui.view",
    "gui.panels": "engine gui.theme gui.settings gui.view gui.widgets gui.tables gui.formulas "
    "gui.plots",
    "gui.documents": "engine gui.theme gui.settings gui.view gui.widgets gui.session gui.formulas "
    "gui.tables",
    "gui.lenses": "engine gui.theme gui.settings gui.view gui.widgets gui.tables gui.plots "
    "gui.canvas gui.session",
    "gui.learn": "engine gui.theme gui.settings gui.view gui.widgets gui.tables gui.formulas "
    "gui.plots gui.canvas gui.session gui.documents",
    "gui.window": "engine gui",
    "gui.window.system_check": "",  # a program of its own, run before anything is installed
    "command_line": "engine gui.theme gui.settings gui.window",
    "main": "command_line",
}
# Folders whose files and folders do not import each other.
STRANGERS = ("gui.panels",)
# The same of their folders alone: a tool may import what stands beside it, not another tool.
STRANGE_FOLDERS = ("gui.learn", "engine.learn")

MATHS = "numpy msgspec"
QT = f"PySide6 shiboken6 {MATHS}"
PAINTING = f"{QT} pyqtgraph ziamath"
LIBRARIES = {
    "engine": MATHS,
    "engine.training.kernels.numba_code": "numpy numba llvmlite",
    "engine.training.kernels.numba_functions": "numpy numba llvmlite",
    "engine.training.kernels.numba_lanes": "numpy numba llvmlite",
    "gui": PAINTING,
    "gui.session": QT,
    "gui.documents": QT,
    "gui.window.system_check": "",
    "command_line": QT,
    "main": "",
}


def forbidden_arrows(root: Path) -> list[str]:
    """Every import in main.py and in PARTS below root that the tables above do not allow."""
    found = [
        f"{path.relative_to(root).as_posix()}:{line} must not import {module}"
        for path in _files(root)
        for line, module in _imports(path, root)
        if not _allowed(_name(path, root), module, root)
    ]
    return list(dict.fromkeys(found))


def circles(root: Path) -> list[list[str]]:
    """Modules that import each other, directly or over others, also those for typing only."""
    arrows = {
        _name(path, root): {module for _, module in _imports(path, root)} for path in _files(root)
    }

    def reached_from(module: str) -> set[str]:
        reached: set[str] = set()
        ahead = [module]
        while ahead:
            new = {each for each in arrows.get(ahead.pop(), set()) if each not in reached}
            reached |= new
            ahead += new
        return reached

    in_circle = sorted(module for module in arrows if module in reached_from(module))
    rings: list[list[str]] = []
    for module in in_circle:
        ring = [other for other in in_circle if other in reached_from(module)]
        ring = [other for other in ring if module in reached_from(other)]
        if ring not in rings:
            rings.append(ring)
    return rings


def _files(root: Path) -> list[Path]:
    inside = [path for part in PARTS for path in sorted((root / part).rglob("*.py"))]
    return [root / "main.py", *inside]


def _name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts)


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


def _allowed(importer: str, module: str, root: Path) -> bool:
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    if module.partition(".")[0] not in (*PARTS, "main", ""):
        return _within(module, LIBRARIES[_home(importer, LIBRARIES)].split())
    home = _home(importer, MAY_IMPORT)
    if _within(module, [home]) and _home(module, MAY_IMPORT) == home:
        return not _are_strangers(importer, module, root)
    return _within(module, MAY_IMPORT[home].split())


def _are_strangers(importer: str, module: str, root: Path) -> bool:
    for room in (*STRANGERS, *STRANGE_FOLDERS):
        if _within(importer, [room]) and _within(module, [room]):
            here, there = (name.removeprefix(room).split(".")[1:2] for name in (importer, module))
            is_folder = all(
                each and root.joinpath(*room.split("."), each[0]).is_dir()
                for each in (here, there)
            )
            return here != there and (room in STRANGERS or is_folder)
    return False


def _home(module: str, table: dict[str, str]) -> str:
    """The longest name in a table that the module is, or is in; itself where there is none."""
    parts = module.split(".")
    names = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((name for name in names if name in table), module)


def _within(module: str, packages: list[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def test_imports_point_one_way() -> None:
    assert ROOT / "engine" / "maths" / "backprop.py" in _files(ROOT)
    assert forbidden_arrows(ROOT) == []


def test_no_circle() -> None:
    assert circles(ROOT) == []


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A made-up project in which every arrow is right."""
    files = {
        "main.py": "from command_line.window import open_window",
        "command_line/window.py": "from gui.window.main_window import MainWindow\n"
        "import engine.maths.network",
        "engine/maths/network.py": "import math\nimport numpy.typing",
        "engine/run/steps.py": "import msgspec\nfrom engine.maths.network import Network",
        "engine/learn/seeds/draw.py": "from engine.run.steps import Steps",
        "engine/training/kernels/numba_code.py": "import numba",
        "gui/theme.py": "from PySide6.QtGui import QColor",
        "gui/session/session.py": "from engine.maths import network\n"
        "from gui.session.undo import Change",
        "gui/session/undo.py": "from engine.maths.network import Network",
        "gui/window/main_window.py": "from gui.panels.loss.panel import Loss\n"
        "from gui.session.session import Session",
        "gui/window/system_check.py": "import ctypes",
        "gui/panels/loss/panel.py": "from gui import theme\nimport pyqtgraph\n"
        "from gui.panels.loss.menu import Menu",
        "gui/panels/loss/menu.py": "import engine.maths.network",
        "gui/panels/data.py": "from gui.theme import LIGHT",
        "gui/canvas/scene.py": "from gui.canvas.items.node import Node",
        "gui/canvas/items/node.py": "from gui.theme import LIGHT",
        "gui/learn/host.py": "from gui.session.session import Session",
        "gui/learn/seeds/panel.py": "from gui.theme import LIGHT",
        "gui/learn/seeds/tool.py": "from gui.learn.host import Host\n"
        "from gui.learn.seeds.panel import Panel",
        "gui/learn/check/tool.py": "from gui.learn.host import Host",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_right_arrows_pass(tree: Path) -> None:
    assert (forbidden_arrows(tree), circles(tree)) == ([], [])


@pytest.mark.parametrize(
    ("file", "line", "module"),
    [
        ("engine/maths/network.py", "import PySide6.QtCore", "PySide6.QtCore"),
        ("engine/maths/network.py", "from pyqtgraph import mkPen", "pyqtgraph"),
        ("engine/maths/network.py", "import scipy", "scipy"),
        ("engine/maths/network.py", "import numba", "numba"),
        ("engine/maths/network.py", "from gui.theme import LIGHT", "gui.theme"),
        ("engine/maths/network.py", "def late():\n    import gui", "gui"),
        ("engine/maths/network.py", "from .losses import LOSSES", ".losses"),
        ("engine/maths/network.py", "from engine.run.steps import Steps", "engine.run.steps"),
        ("engine/run/steps.py", "import engine.learn.seeds.draw", "engine.learn.seeds.draw"),
        ("gui/panels/loss/panel.py", "from gui.panels.data import Data", "gui.panels.data"),
        ("gui/panels/loss/panel.py", "from gui.panels import data", "gui.panels.data"),
        ("gui/panels/data.py", "from gui.panels.loss.menu import Menu", "gui.panels.loss.menu"),
        ("gui/panels/data.py", "from gui import session", "gui.session"),
        ("gui/panels/data.py", "from gui.canvas.scene import Scene", "gui.canvas.scene"),
        ("gui/panels/data.py", "from gui.window import main_window", "gui.window.main_window"),
        ("gui/canvas/items/node.py", "import gui.session.undo", "gui.session.undo"),
        ("gui/canvas/items/node.py", "from gui.panels.data import Data", "gui.panels.data"),
        ("gui/session/session.py", "from gui.panels.data import Data", "gui.panels.data"),
        ("gui/session/session.py", "import pyqtgraph", "pyqtgraph"),
        ("gui/session/undo.py", "import gui.window.main_window", "gui.window.main_window"),
        ("gui/session/undo.py", "from gui.theme import LIGHT", "gui.theme"),
        ("gui/learn/seeds/tool.py", "import gui.learn.check.tool", "gui.learn.check.tool"),
        ("gui/learn/host.py", "from gui.window import main_window", "gui.window.main_window"),
        ("gui/theme.py", "from gui.canvas.items.node import Node", "gui.canvas.items.node"),
        ("gui/window/main_window.py", "import main", "main"),
        ("gui/window/system_check.py", "import PySide6", "PySide6"),
        ("gui/window/system_check.py", "from gui import theme", "gui.theme"),
        ("main.py", "from gui.window.main_window import Window", "gui.window.main_window"),
        ("command_line/window.py", "from gui.panels.data import Data", "gui.panels.data"),
        ("gui/session/session.py", "from command_line import window", "command_line.window"),
        ("main.py", "from backpass.gui import theme", "backpass.gui"),
    ],
)
def test_wrong_arrow_is_found(tree: Path, file: str, line: str, module: str) -> None:
    (tree / file).write_text(line, encoding="utf-8")
    place = line.count("\n") + 1
    assert forbidden_arrows(tree) == [f"{file}:{place} must not import {module}"]


def test_a_circle_is_found(tree: Path) -> None:
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gui.session.session"
    (tree / "gui/session/undo.py").write_text(late, encoding="utf-8")
    assert circles(tree) == [["gui.session.session", "gui.session.undo"]]


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


def test_the_top_of_engine_and_gui_shows_the_design() -> None:
    tops = {part: {path.name for path in (ROOT / part).glob("*.py")} for part in PARTS[:2]}
    assert tops == {
        "engine": {"__init__.py"},
        "gui": {"__init__.py", "looks.py", "style_sheet.py", "theme.py", "view.py"},
    }
