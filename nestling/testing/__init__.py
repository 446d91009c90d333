"""Contracts of worlds, steering, learners and hand-over rules, as test classes; ``pytest --pyargs nestling.testing`` runs them all."""
