"""Panels of the viewer."""
