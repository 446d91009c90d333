"""Nestling: innate steering keeps a newborn alive while learning from scratch takes over."""
