"""The innate subsystem: reflexes, judgement and neuromodulation, active from birth."""

import core  # noqa: F401  # finds what the last release called otherwise
