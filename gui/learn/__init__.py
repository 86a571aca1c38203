"""The tools of the Learn menu: tools.py is the table, a folder each with panel.py and tool.py."""
