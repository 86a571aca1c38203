"""What the tools of the Learn menu compute, a folder of the same name each."""
