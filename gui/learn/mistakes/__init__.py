"""The classic mistakes in the window: the menu that makes them, the strip that says so."""
