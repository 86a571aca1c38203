"""Numbers and words of a document as text, and back."""
