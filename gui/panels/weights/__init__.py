"""Weights and biases: a table for every layer, and the panel around them."""
