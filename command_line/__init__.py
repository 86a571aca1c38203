"""What the command line can do: its words, and the jobs they ask for."""
