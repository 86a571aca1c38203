"""Parts that several panels, or the window, are made of."""
