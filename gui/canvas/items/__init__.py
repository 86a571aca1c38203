"""What is painted on the canvas, an item a file."""
