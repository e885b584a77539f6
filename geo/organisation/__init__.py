"""The bureau's organisation tree, its people, vehicles, kinds of shift, and the roster."""
