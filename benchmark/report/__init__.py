"""Figures and the report."""

from core.renamed import old_names

__getattr__ = old_names(__name__)
