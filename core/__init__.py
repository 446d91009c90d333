"""The ground floor: what worlds, steering, learning and hand-over share, and none of them owns."""

from core.gymnasium_check import check_gymnasium
from core.kernel_cache import cache_kernels_by_code
from core.renamed import find_old_modules

check_gymnasium()
cache_kernels_by_code()  # before any kernel is defined
find_old_modules()
