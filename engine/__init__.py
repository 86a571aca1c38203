"""The engine of Backpass: networks, backpropagation and training in NumPy. It knows no screen."""
