"""The ground floor: what worlds, steering, learning and hand-over share, and none of them owns."""

from core.kernel_cache import cache_kernels_by_code
from core.renamed import find_old_modules

cache_kernels_by_code()  # before any kernel is defined
find_old_modules()
