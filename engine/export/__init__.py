"""Worked solutions as documents: one structure, and one file per format that writes it."""
