"""The player: recorded drawings as one page that plays them anywhere. It knows nothing of what is drawn."""
