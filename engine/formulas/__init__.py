"""A formula as a tree, the symbols in it, and what it is written as."""
