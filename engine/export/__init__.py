"""Worked solutions as documents: one structure, and one file per target that writes it."""
