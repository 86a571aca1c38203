"""Looks: the colours that there are, and how large everything is in pixels at 100 % text."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtGui import QColor

# Pixels at 100 %. Nothing is written smaller than SMALL; numbers on the canvas are CANVAS and up.
SMALL = 12
NORMAL = 13
CANVAS = 14
TITLE = 14
LOSS = 16
HEADLINE = 18
GAP = 8
MARGIN = 12
RADIUS = 6
NARROW_SCROLL_BAR = 8


class Theme(Struct, frozen=True):
    """One set of colours, as #rrggbb. Sign is never told by colour alone."""

    name: str
    title: str  # in menus
    window: str  # behind the cards
    card: str
    sunken: str  # fixed or read-only fields, empty bars
    border: str
    grid: str  # lines inside plots and tables
    ink: str
    secondary: str  # labels; at least 4.5:1 on card and window
    accent: str  # where the cursor is
    accent_ink: str  # text on accent
    accent_soft: str  # a wash of the accent behind ink
    accent_done: str  # steps already taken
    done_ink: str  # text on accent_done
    positive: str  # areas and lines
    positive_text: str
    negative: str
    negative_text: str
    neutral: str  # the middle of the surface, between positive and negative
    error: str
    classes: tuple[str, ...]  # told apart without colour vision; the first as negative, positive
    hatches: bool = False  # whether classes have patterns too

    def colour(self, name: str) -> QColor:
        """A colour by the name of its field."""
        return QColor(getattr(self, name))

    def signed(self, value: float) -> QColor:
        """Colour of an area or a line for a value of this sign."""
        return QColor(self.negative if value < 0 else self.positive)


LIGHT = Theme(
    name="light",
    title="Light theme",
    window="#f6f7f9",
    card="#ffffff",
    sunken="#edf0f3",
    border="#d9dfe5",
    grid="#e7ebef",
    ink="#1f2933",
    secondary="#52606d",
    accent="#6741d9",
    accent_ink="#ffffff",
    accent_soft="#f0ebfc",
    accent_done="#9a85e5",
    done_ink="#1f2933",
    positive="#1f77b4",
    positive_text="#1b6ca3",
    negative="#db6908",
    negative_text="#b54708",
    neutral="#ffffff",
    error="#b42318",
    classes=(
        "#db6908", "#1f77b4", "#4bd2b4", "#693c5a", "#e1c378",
        "#b4c3ff", "#a55aff", "#960000", "#5a00ff", "#78875a",
    ),
)

DARK = Theme(
    name="dark",
    title="Dark theme",
    window="#14171c",
    card="#1d2229",
    sunken="#262c35",
    border="#39424e",
    grid="#2d343e",
    ink="#e6eaef",
    secondary="#a7b3c0",
    accent="#a48bff",
    accent_ink="#14171c",
    accent_soft="#332b52",
    accent_done="#7362b0",
    done_ink="#ffffff",
    positive="#4aa3df",
    positive_text="#7cc0ee",
    negative="#f08a3c",
    negative_text="#f5a566",
    neutral="#1d2229",
    error="#ff8a80",
    classes=(
        "#f08a3c", "#4aa3df", "#69ffd2", "#966987", "#695ae1",
        "#e1f096", "#87a578", "#ffc300", "#b4e1ff", "#c33c2d",
    ),
)

# Text at least 7:1 on each ground it stands on; frames and lines as clear as text.
CONTRAST = Theme(
    name="contrast",
    title="High-contrast theme",
    window="#ffffff",
    card="#ffffff",
    sunken="#eef0f2",
    border="#4b5563",
    grid="#767e88",
    ink="#000000",
    secondary="#1f2830",
    accent="#2d0080",
    accent_ink="#ffffff",
    accent_soft="#efe8ff",
    accent_done="#5a3fb5",
    done_ink="#ffffff",
    positive="#0b4f8a",
    positive_text="#0b4f8a",
    negative="#9e3f00",
    negative_text="#7d2e00",
    neutral="#ffffff",
    error="#8f0f0f",
    classes=(
        "#9e3f00", "#0b4f8a", "#00c3a5", "#d25aff", "#c3b469",
        "#7800f0", "#ffa500", "#875a4b", "#a5b4f0", "#3c1e3c",
    ),
    hatches=True,
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
