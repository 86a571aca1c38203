"""What the tools of the Learn menu compute, a folder or file each."""
