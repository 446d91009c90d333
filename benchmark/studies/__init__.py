"""Studies: evolution over lives, three questions about newborns, birds raised on a song."""
