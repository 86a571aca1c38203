"""Plots: the loss curve, the surface, and what they are made of."""
