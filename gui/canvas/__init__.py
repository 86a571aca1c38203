"""The drawn network: the scene, the view of it, pointing and walking in it."""
