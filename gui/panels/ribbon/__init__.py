"""The ribbon of steps under the canvas."""
