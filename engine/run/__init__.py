"""What a run is, its steps and its edits; one iteration worked out."""
