"""The player: a life as one HTML file that needs nothing else."""
