"""Kernels: what takes a run through its iterations. engine.backprop is the truth they reproduce."""
