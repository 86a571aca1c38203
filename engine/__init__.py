"""The mathematics of Backpass in NumPy: networks, backpropagation, training. No screen."""
