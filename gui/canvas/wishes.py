"""Wishes: what the person can want of the network on a canvas, by whichever of its parts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Wishes(QWidget):
    """A canvas, for its menu and its buttons: they say here what the person chose.

    Layer 0 are the inputs. `layer_added` names the layer that the new one is put before (1 …
    depth). `picture_wanted` asks for a file with the picture, True for one in light colours.
    """

    unit_added = Signal(int)
    unit_removed = Signal(int, int)
    layer_added = Signal(int)
    layer_removed = Signal(int)
    activation_chosen = Signal(int, str)
    frozen_chosen = Signal(object, bool)  # list of Parameters, whether they are frozen from now on
    cut_chosen = Signal(object, bool)  # list of Parameters, whether their edges are cut from now on
    layout_reset = Signal()
    picture_wanted = Signal(bool)
