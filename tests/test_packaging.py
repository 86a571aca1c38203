"""The wheel holds all of the program, and runs beside another distribution with `gui` and `engine`.

A neighbour with packages of those names is installed next to it in a new environment, which
borrows the libraries (Qt, NumPy, ...) of the environment that runs the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
NEIGHBOUR = {
    "pyproject.toml": """
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"
        [project]
        name = "neighbour"
        version = "1.0"
        [tool.setuptools]
        packages = ["gui", "engine"]
        """,
    "gui/__init__.py": "from engine import POWER",
    "engine/__init__.py": "POWER = 'steam'",
}


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """What a program prints; the test fails with all it said when it fails."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        words,
        cwd=cwd,
        env=clean | environment,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build_wheel(project: Path) -> Path:
    """Build a wheel by way of the source distribution, so that both are complete."""
    run(sys.executable, "-m", "build", "--no-isolation", cwd=project)
    (wheel,) = project.glob("dist/*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the project: building leaves files behind, and old ones get in."""
    project = tmp_path_factory.mktemp("project")
    for name in ("command_line", "engine", "gui", "resources"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("main.py", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    return build_wheel(project)


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the neighbour and Backpass in it."""
    project = tmp_path_factory.mktemp("neighbour")
    for name, text in NEIGHBOUR.items():
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = program(folder, "python")
    for built in (build_wheel(project), wheel):
        run(python, "-m", "pip", "install", "--no-deps", "--no-index", built, cwd=folder)
    # A .pth file adds a folder to sys.path, but not what the .pth files in that folder add: so
    # not the editable Backpass of the checkout.
    packages = run(python, "-c", "import sysconfig as s; print(s.get_path('purelib'))", cwd=folder)
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(packages.strip(), "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    return folder


def program(environment: Path, name: str) -> Path:
    on_windows = sys.platform == "win32"
    return environment / ("Scripts" if on_windows else "bin") / (name + ".exe" * on_windows)


def test_wheel_holds_every_file(wheel: Path) -> None:
    parts = (ROOT / name for name in ("command_line", "engine", "gui"))
    sources = [ROOT / "main.py", *(path for part in parts for path in part.rglob("*.py"))]
    resources = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]
    expected = {f"backpass/{path.relative_to(ROOT).as_posix()}" for path in sources + resources}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert "backpass/resources/fonts/DejaVuSans.ttf" in packed


def test_command_runs_beside_a_neighbour(environment: Path, tmp_path: Path) -> None:
    origin = "import importlib.util as i; print(i.find_spec('backpass.main').origin)"
    main = Path(run(program(environment, "python"), "-c", origin, cwd=tmp_path).strip())
    assert main.is_relative_to(environment)

    backpass = program(environment, "backpass")
    assert "mazur-2-2-2" in run(backpass, "examples", cwd=tmp_path)
    run(backpass, "screenshot", "mazur-2-2-2", "window.png", cwd=tmp_path)
    assert (tmp_path / "window.png").read_bytes().startswith(b"\x89PNG")


def test_neighbour_keeps_its_names(environment: Path, tmp_path: Path) -> None:
    found = run(
        program(environment, "python"),
        "-c",
        "import gui, engine; print(gui.POWER); print(gui.__file__); print(engine.__file__)",
        cwd=tmp_path,
    ).splitlines()
    assert found[0] == "steam"
    for path in found[1:]:
        assert Path(path).is_relative_to(environment)
        assert "backpass" not in Path(path).relative_to(environment).parts


def test_extra_and_group_are_the_same() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extra = settings["project"]["optional-dependencies"]["test"]
    assert settings["dependency-groups"]["dev"] == extra
