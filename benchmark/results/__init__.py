"""What was found: the results folder, curves, statistics and summaries."""
