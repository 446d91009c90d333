#!/usr/bin/env bash
# Installs other people's libraries into environments of their own and runs them on Nestling's worlds (tests/clients).
# Usage: scripts/clients.sh [FOLDER]    FOLDER holds the environments, build/clients unless told; 5 GB, about 15 minutes
set -euo pipefail
cd "$(dirname "$0")/.."
place=${1:-build/clients}
python=${PYTHON:-python3}
mkdir -p "$place"
# Libraries pin versions of ours that they need not; what must stay the same is what Nestling computes with.
grep -iE '^(gymnasium|numpy|numba|llvmlite|torch|stable_baselines3|minari)==' constraints.txt | sed 's/stable_baselines3/stable-baselines3/' >"$place/pins"

make_environment() {  # NAME PINS PACKAGE...
    local pip="$place/$1/bin/python -m pip install --quiet --constraint $2"
    [ -x "$place/$1/bin/python" ] || "$python" -m venv "$place/$1"
    $pip torch
    $pip --editable ".[sb3,minari]" pytest hypothesis "${@:3}"
}

make_environment libraries "$place/pins" sb3-contrib torchrl skrl d3rlpy moviepy jax tensorboard wandb
# Tianshou holds back pandas and virtualenv; RL Zoo asks for a Shimmy that holds back Gymnasium, and needs none of it here.
"$place/libraries/bin/python" -m pip install --quiet --constraint "$place/pins" "tianshou>=2" optuna huggingface_sb3 plotly pyyaml
"$place/libraries/bin/python" -m pip install --quiet --no-deps rl_zoo3
status=0
"$place/libraries/bin/python" -m pytest -p no:cacheprovider -rs tests/clients "${@:2}" || status=1

grep -v '^gymnasium' "$place/pins" >"$place/rllib_pins"  # RLlib asks for one version of Gymnasium, an older one
make_environment rllib "$place/rllib_pins" "ray[rllib]"
"$place/rllib/bin/python" -m pytest -p no:cacheprovider -rs tests/clients/test_rllib.py || status=1
exit $status
