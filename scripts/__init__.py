"""The commands; ``nestling NAME`` runs the same."""
