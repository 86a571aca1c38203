"""The frame: the main window, its menus, keys, settings and start."""
