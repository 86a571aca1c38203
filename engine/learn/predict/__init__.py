"""Predict, then reveal: what is asked, how an answer is judged, and the results of a sitting."""
