"""The written half of the tables of engine.maths: each row as a formula, under the same key."""
