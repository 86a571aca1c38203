"""The training set: a table to edit, and the panel around it."""
