"""Exercises to be worked by hand: tidy numbers from a seed, their sheets and keys."""
