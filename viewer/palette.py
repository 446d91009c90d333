"""Colours of the viewer: steering and learning keep theirs everywhere (Okabe and Ito's colour-blind-safe set)."""

from core.canvas import INK, LEARNING_COLOUR, PAPER, STEERING_COLOUR

STEERING, LEARNING = STEERING_COLOUR, LEARNING_COLOUR
STEERING_PALE, LEARNING_PALE = (250, 232, 218), (219, 234, 245)
TEXT, BACKGROUND, CARD = INK, PAPER, (255, 255, 255)
FAINT, RULE = (112, 116, 122), (222, 220, 212)
GOOD, BAD = (0, 128, 96), (190, 40, 40)
