"""The first window in its frame, and the presentation, on a real screen with a window manager."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_window import PROJECT, Window, screen, wait_for, window_manager

EXAMPLE = PROJECT / "resources" / "examples" / "mazur-2-2-2.backpass.json"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Xvfb and openbox are programs of Linux"
)


@pytest.fixture(params=["1440x900", "1366x768", "1024x768", "1920x1080"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    width, height = request.param.split("x")
    return int(width), int(height)


@pytest.fixture
def window(size: tuple[int, int], tmp_path: Path) -> Iterator[Window]:
    document = tmp_path / "lesson.backpass.json"
    shutil.copy(EXAMPLE, document)
    with screen(f"{size[0]}x{size[1]}") as display, window_manager(display):
        made = Window(display, tmp_path, str(document))
        yield made
        made.close()


def test_the_first_window_fits_with_its_frame_and_is_as_before_after_a_presentation(
    window: Window, size: tuple[int, int], tmp_path: Path
) -> None:
    wait_for(lambda: "lesson.backpass.json" in window.title)

    def is_within(place: tuple[int, int, int, int]) -> bool:
        left, top, width, height = place
        # Without a place for the frame's title above it, it would be cut off.
        return left >= 0 and top > 0 and left + width <= size[0] and top + height <= size[1]

    wait_for(lambda: is_within(window.place))
    before = window.place
    window.press("F11")
    wait_for(lambda: window.place == (0, 0, *size))
    window.press("Next", "Next", "Next", "Prior")  # a clicker steps
    window.press("b")
    window.press("Next")  # brings the picture back, and steps no further
    window.press("Escape")
    wait_for(lambda: window.place == before)
    window.press("ctrl+F11", "Next", "Escape")
    assert window.place == before
    document = tmp_path / "lesson.backpass.json"
    written = document.stat().st_mtime_ns
    window.press("ctrl+s")
    wait_for(lambda: document.stat().st_mtime_ns != written)
    step = json.loads(document.read_bytes())["place"]["revealed"]
    assert (step["kind"], step["layer"], step["unit"]) == ("net_input", 1, 1)
    window.press("ctrl+q")
    wait_for(lambda: window.process.poll() is not None)
    assert window.log() == ""
