"""The written half of the tables of engine.maths, and of the mistakes in engine.run: each row as a
formula, under the same key."""
