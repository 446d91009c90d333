"""The innate subsystem: reflexes, judgement and neuromodulation, active from birth."""

from core import renamed  # noqa: F401  # finds what the last release called otherwise
