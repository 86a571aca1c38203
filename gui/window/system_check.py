"""Names the system libraries that Qt misses, and tells whether a window can be shown at all.

Qt ends the process when it finds no platform to draw on, and that cannot be caught: so this looks
before Qt does, and imports nothing but the standard library. Run as a program it prints the Debian
packages that are missing on one line and exits with 1; with --tests also those of the test suite.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

# Debian's package for each library that Qt's wheel expects to find, and those that come with it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
TEST_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}

# Where Qt needs nothing but its libraries; whether the first two have a screen is asked here.
_USUAL_PLATFORMS = {"xcb", "wayland", "offscreen", "minimal"}

_ON_LINUX = sys.platform.startswith("linux")


def missing_libraries(screen: bool) -> list[str]:
    """Debian's names of the packages that Qt misses here; with `screen` also those of a window on
    an X11 screen. Always empty on other systems than Linux: there Qt's wheel brings everything."""
    if not _ON_LINUX:
        return []
    libraries = QT_LIBRARIES | X11_LIBRARIES if screen else QT_LIBRARIES
    missing = [package for library, package in libraries.items() if not _load(library)]
    return list(dict.fromkeys(missing))


def missing_packages(tests: bool) -> list[str]:
    """What `make run` needs from the system beside Python itself; with `tests`, `make test`."""
    if not _ON_LINUX:
        return []
    missing = missing_libraries(screen=True)
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if tests:
        missing += [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
    return missing


def display_problem() -> str | None:
    """Why no window can be shown, as one sentence; None when one can.

    Follows Qt's choice: the platforms that QT_QPA_PLATFORM names, else Wayland, else X11.
    """
    if not _ON_LINUX:
        return None
    named = os.environ.get("QT_QPA_PLATFORM", "")
    platforms = {name.partition(":")[0] for name in named.split(";") if name}
    needs_no_screen = bool(platforms) and not platforms & {"xcb", "wayland"}
    wayland_session = (
        "WAYLAND_DISPLAY" in os.environ or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    )
    tries_wayland = "wayland" in platforms or (not platforms and wayland_session)
    on_wayland = tries_wayland and _wayland_answers()
    missing = missing_libraries(screen=not (needs_no_screen or on_wayland))
    if missing:
        return (
            "Qt needs system libraries that are missing here: on Debian and Ubuntu run "
            f'"sudo apt-get install {" ".join(missing)}" first.'
        )
    if not platforms <= _USUAL_PLATFORMS:
        if _qt_begins():
            return None
        return f'Qt knows no way to draw on "{named}", which QT_QPA_PLATFORM asks for.'
    if needs_no_screen or on_wayland:
        return None
    if (not platforms or "xcb" in platforms) and _x11_answers():
        return None
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if display:
        return f"The display {display} does not answer, so no window can be opened."
    return "There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)."


def _qt_begins() -> bool:
    """Whether Qt finds a platform, tried in a process of its own."""
    program = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    return done.returncode == 0


def _load(library: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(library)
    except OSError:
        return None


def _wayland_answers() -> bool:
    client = _load("libwayland-client.so.0")
    if client is None or _load("libwayland-cursor.so.0") is None:
        return False
    client.wl_display_connect.restype = ctypes.c_void_p
    connection = client.wl_display_connect(None)
    if not connection:
        return False
    client.wl_display_disconnect(ctypes.c_void_p(connection))
    return True


def _x11_answers() -> bool:
    xcb = _load("libxcb.so.1")
    if xcb is None:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused


def main(arguments: list[str]) -> int:
    """Print what is missing, if anything is; the exit code says whether something was."""
    missing = missing_packages(tests="--tests" in arguments)
    if missing:
        print(" ".join(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
