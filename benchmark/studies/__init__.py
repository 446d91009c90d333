"""Studies of their own: evolution over lives, the three questions about newborns, birds raised on a song."""
