"""Where nodes and labels stand on the canvas."""
