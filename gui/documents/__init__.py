"""Which document is open in which file, and the dialogs that ask about it."""
