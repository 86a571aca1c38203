"""Guided lessons: their files, what their steps wait for, and when that was done."""
