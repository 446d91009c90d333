#!/usr/bin/env bash
# Installs the wheel into a new environment of each Python that is here, and runs contracts, a life and a film there.
# Usage: scripts/matrix.sh [PYTHON ...]    for example scripts/matrix.sh python3.11 python3.13
# LOWEST=1 takes the lowest versions that the metadata promises, of every library that it names.
set -uo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- python3.11 python3.12 python3.13 python3.14
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pins=()
if [ "${LOWEST:-}" = 1 ]; then
    mapfile -t pins < <("$1" -c 'import re, tomllib
for each in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]:
    print(re.sub(r">=([0-9.]+).*", r"==\1.*", each))')
fi
echo "Python | installed | contracts | film"
failed=0
for python in "$@"; do
    if ! command -v "$python" >/dev/null; then
        echo "$python | not here"
        continue
    fi
    place="$work/$(basename "$python")-$RANDOM"
    log="$work/log"
    if ! { "$python" -m venv "$place" && "$place/bin/pip" install --quiet . pytest hypothesis ${pins[@]+"${pins[@]}"}; } >"$log" 2>&1; then
        echo "$("$python" --version) | no: $(grep -m1 -i error "$log")"
        failed=1
        continue
    fi
    versions=$("$place/bin/python" -c 'import gymnasium, numba, numpy, sys
print(sys.version.split()[0], "NumPy", numpy.__version__, "Gymnasium", gymnasium.__version__, "Numba", numba.__version__)')
    contracts=failed film=failed
    (cd "$work" && NUMBA_DISABLE_JIT=1 "$place/bin/python" -m pytest -q --pyargs nestling.testing -k "Rivals and (checker or single or switched)" >"$log" 2>&1) && contracts=passed
    (cd "$work" && "$place/bin/nestling" watch Rivals --record life.png --headless --steps 20 --animals 1 >>"$log" 2>&1) && film=written
    echo "$versions | yes | $contracts | $film"
    [ "$contracts$film" = passedwritten ] || { failed=1; tail -20 "$log"; }
done
exit $failed
