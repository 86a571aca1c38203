"""The window of Backpass: draws what the session says and reports what the person did."""
