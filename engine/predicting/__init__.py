"""Predict, then reveal: what is asked, how an answer is judged, and what comes of a sitting."""
