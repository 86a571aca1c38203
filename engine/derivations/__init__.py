"""Why a number is what it is: each step of an iteration as a formula; derive.py is the way in."""
