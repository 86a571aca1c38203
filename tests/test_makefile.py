"""What make does about missing system packages; apt-get and the user are stand-ins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs that stand in for the system's: two packages are missing."""
    write_program(tmp_path / "python3", "echo libegl1 xvfb; exit 1")
    write_program(tmp_path / "apt-get", f'echo "$@" >> {tmp_path}/apt-get.log')
    write_program(tmp_path / "id", "echo 1000")
    return tmp_path


def write_program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def make(target: str, programs: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run make as a person does, also when it was make that started the tests."""
    inherited = ("PYTHON", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {key: value for key, value in os.environ.items() if key not in inherited}
    environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["make", target, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_person_is_told_the_line_to_run(programs: Path) -> None:
    done = make("system", programs)
    assert done.returncode != 0
    assert done.stdout.splitlines()[-1] == "sudo apt-get install libegl1 xvfb"
    assert not (programs / "apt-get.log").exists()


def test_root_gets_the_packages_installed(programs: Path) -> None:
    write_program(programs / "id", "echo 0")
    done = make("system", programs)
    assert done.returncode == 0, done.stderr
    update, install = (programs / "apt-get.log").read_text(encoding="utf-8").splitlines()
    assert update.startswith("update")
    assert install.startswith("install") and install.endswith("libegl1 xvfb")


def test_nothing_is_done_when_nothing_is_missing(programs: Path) -> None:
    write_program(programs / "python3", f'echo "$@" >> {programs}/python3.log')
    for target in ("system", "test-system"):
        assert make(target, programs).returncode == 0
    assert not (programs / "apt-get.log").exists()
    asked = (programs / "python3.log").read_text(encoding="utf-8").splitlines()
    assert asked == ["gui/window/system_check.py", "gui/window/system_check.py --tests"]


@pytest.mark.parametrize(
    ("target", "module"),
    [("monkey", "tests.gui.monkey.hunt"), ("kill", "tests.kill"), ("soak", "tests.soak")],
)
def test_rough_use_sets_up_what_it_needs(programs: Path, target: str, module: str) -> None:
    done = make(target, programs, "--dry-run", "OPTIONS=--help")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "gui/window/system_check.py --tests" in done.stdout
    assert lines[-1] == f".venv/bin/python -m {module} --help"
    found = subprocess.run(
        [sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, check=False
    )
    assert found.returncode == 0


def test_no_file_stands_in_the_way_of_a_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None and set(phony[1].split()) == targets
