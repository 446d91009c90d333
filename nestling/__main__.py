"""``python -m nestling``: the same as the command ``nestling``."""

import sys

from nestling.commands import main

if __name__ == "__main__":
    sys.exit(main())
