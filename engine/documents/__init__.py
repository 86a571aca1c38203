"""Documents as files: what has to hold for one, its format, reading and writing."""
