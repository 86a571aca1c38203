"""The figures that a source prints, against right ones, and which mistake gives them."""
