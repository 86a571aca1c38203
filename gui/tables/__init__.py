"""Tables of numbers: to read, to copy, to edit."""
