"""Finds the packages of the program, so that a new folder needs no line anywhere. The rest of what
setuptools wants to know stands in pyproject.toml."""

from setuptools import find_packages, setup

FOLDERS = find_packages(include=["command_line*", "engine*", "gui*"])

setup(
    packages=["backpass", *(f"backpass.{folder}" for folder in FOLDERS)],
    script_name="setup.py",  # known by its name it stays out of the wheel; pip tells another
)
