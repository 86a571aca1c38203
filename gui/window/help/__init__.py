"""Help: the welcome, the keys, the glossary, and the guide that ships with the program."""
