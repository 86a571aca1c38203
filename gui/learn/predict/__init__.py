"""Predict, then reveal, in the window."""
