"""Small parts that panels, tools and the window are made of."""
