"""Kernels: what takes a run through its iterations; they reproduce engine.maths.backprop."""
