"""Hand-over rules: who is in charge of the body, for each animal and tick. The contract is in ``base.py``."""

from agents.hand_over.base import HandOver, hand_over_rule, hand_over_rules, per_row

__all__ = ["HandOver", "hand_over_rule", "hand_over_rules", "per_row"]
