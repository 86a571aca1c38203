"""The cards that are always there, a file each; a panel knows neither another nor the session."""
