"""Formulas on screen and on paper: boxes, lines, sheets, typesetting."""
