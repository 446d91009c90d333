"""Checkpoints that are damaged, changed by hand, foreign or hostile: told apart, refused in words, and never run."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from safetensors import safe_open
from safetensors.numpy import save_file

from agents import checkpoint
from agents.checkpoint import BadCheckpoint
from agents.life import live
from agents.population import Population
from core.errors import InvalidArgument, UnknownName
from core.packed import pack
from envs.birdsong.gestures import STRANGER, TUTOR, gesture_of
from envs.birdsong.syrinx import RATE, render

WORLD = "LoomingEscape"


@pytest.fixture(scope="module")
def content() -> bytes:
    """A whole checkpoint of two mice."""
    import tempfile

    population = Population("steered", WORLD, 2, seed=1, max_episode_steps=50)
    live(population, 30)
    with tempfile.TemporaryDirectory() as folder:
        return checkpoint.save(population, Path(folder) / "a.safetensors").read_bytes()


@pytest.fixture
def path(content: bytes, tmp_path: Path) -> Path:
    (tmp_path / "a.safetensors").write_bytes(content)
    return tmp_path / "a.safetensors"


def _parts(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any], dict[str, str]]:
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
        return {name: file.get_tensor(name) for name in file.keys()}, json.loads(metadata["nestling"]), metadata  # noqa: SIM118


def _edit(path: Path, **changes: Any) -> None:
    """Change the header by hand, as with an editor: the digests stay."""
    arrays, about, metadata = _parts(path)
    save_file(arrays, path, metadata | {"nestling": json.dumps(about | changes)})


def _forge(path: Path, **changes: Any) -> None:
    """Write a file whose digests are right, as somebody would who means harm."""
    arrays, about, _ = _parts(path)
    path.write_bytes(pack(arrays, about | changes))


def test_cut_foreign_and_old_files(content: bytes, path: Path) -> None:
    for cut in (0, 5, 100, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:cut])
        with pytest.raises(BadCheckpoint, match="damaged"):
            checkpoint.load(path)
    save_file({"x": np.zeros(2)}, path)
    with pytest.raises(BadCheckpoint, match="Nestling did not write it"):
        checkpoint.load(path)
    save_file({"x": np.zeros(2)}, path, {"nestling": '{"schema": 1}'})
    with pytest.raises(BadCheckpoint, match="another version"):
        checkpoint.load(path)
    with pytest.raises(FileNotFoundError):
        checkpoint.load(path.parent / "nothing")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("world_options", {"max_episode_steps": 60}),
        ("world_options", {"dt": 0.05}),
        ("seeds", [5, 6]),
        ("agent", "steered-urgency"),
        ("innate", {}),
        ("age", 1.0),
    ],
)
def test_what_was_changed_by_hand_is_named(path: Path, name: str, value: Any) -> None:
    _edit(path, **{name: value})
    for read in (checkpoint.load, checkpoint.read_header):
        with pytest.raises(BadCheckpoint, match=f"{name} changed"):
            read(path)


def test_changed_state_is_seen(path: Path) -> None:
    arrays, _, metadata = _parts(path)
    arrays["steered/world/body/energy"][0] += 1e-9
    save_file(arrays, path, metadata)
    with pytest.raises(BadCheckpoint, match="arrays changed"):
        checkpoint.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"world_options": {"hand_over": "never"}},
        {"world_options": {"autoreset_mode": "NEXT_STEP"}},
        {"world_options": {"num_envs": 3}},
        {"world_options": {"dt": "0.1"}},
        {"world_options": {"dt": [0.1]}},
        {"world_options": {"dt": 0.05}},
        {"world_options": {"max_episode_steps": 60}},
        {"world_options": []},
        {"seeds": [0.5, 1]},
        {"seeds": [1]},
        {"seeds": [5, 6]},
        {"seeds": [2**64, 1]},
        {"agent": "steered-urgency"},
        {"agent": 3},
        {"schema": "3"},
        {"extra": 1},
    ],
)
def test_forged_headers_are_refused(path: Path, changes: dict[str, Any]) -> None:
    _forge(path, **changes)
    with pytest.raises(BadCheckpoint):
        checkpoint.load(path)


@pytest.mark.parametrize("changes", [{"world_options": {"xyz": 1}}, {"world": "Nowhere"}, {"agent": "nobody"}])
def test_unknown_names_are_told(path: Path, changes: dict[str, Any]) -> None:
    _forge(path, **changes)
    with pytest.raises(UnknownName):
        checkpoint.load(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"world": "payload:World"},
        {"world_options": {"steering": "payload:Steering"}},
        {"agent": "payload:Learner+earned"},
        {"agent": "cortex+payload:Rule"},
    ],
)
@pytest.mark.parametrize("write", [_edit, _forge])
def test_loading_imports_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., None], changes: dict[str, Any]
) -> None:
    (path.parent / "payload.py").write_text("raise SystemExit('code was run')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(path.parent)
    write(path, **changes)
    with pytest.raises(BadCheckpoint, match="import payload first" if write is _forge else "changed"):
        checkpoint.load(path)
    assert "payload" not in sys.modules


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learner/trace/units", 10**6),
        ("learner/bout/option", 10**6),
        ("steered/world/body/disc_kind", 10**6),
        ("steered/world/body/energy", np.nan),
        ("steered/steering/transient/heading", 9.0),
    ],
)
def test_forged_state_is_refused_before_a_kernel_reads_it(path: Path, name: str, value: float) -> None:
    arrays, about, _ = _parts(path)
    arrays[name][:] = value
    path.write_bytes(pack(arrays, about))
    with pytest.raises(BadCheckpoint, match=name.rpartition("/")[2]):
        checkpoint.load(path)


def test_a_recording_that_was_changed_is_seen(tmp_path: Path) -> None:
    song = tmp_path / "song.wav"
    quiet = 1e-3 * np.random.default_rng(0).standard_normal(RATE // 5)
    for number, gesture in enumerate((STRANGER, TUTOR)):
        soundfile.write(song, np.concatenate([quiet, 0.5 * render(gesture_of(gesture)), quiet]), RATE)
        if number == 0:
            kept = checkpoint.save(Population("reflex", "Birdsong", 2, tutor=song), tmp_path / "a.safetensors")
            checkpoint.load(kept)
    with pytest.raises(BadCheckpoint, match="content of tutor"):
        checkpoint.load(kept)


@pytest.mark.parametrize("value", [np.inf, (1, 2), b"x", np.ones(2), print])
def test_options_that_cannot_be_kept_are_refused_at_once(tmp_path: Path, value: Any) -> None:
    population = Population("reflex", WORLD, 2)
    population.world_options["max_episode_steps"] = value
    with pytest.raises(InvalidArgument, match="cannot keep the option"):
        checkpoint.save(population, tmp_path / "a.safetensors")


def test_a_tensor_type_that_numpy_lacks(path: Path) -> None:
    header = {"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}, "__metadata__": {"nestling": "{}"}}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(4))
    with pytest.raises(BadCheckpoint, match="damaged"):
        checkpoint.load(path)


def test_other_sources_are_told(path: Path) -> None:
    _forge(path, sources="0123456789abcdef")
    with pytest.warns(UserWarning, match="other sources"):
        checkpoint.load(path)


def test_a_class_as_an_option_is_kept_by_name(tmp_path: Path) -> None:
    from steering.looming_escape import Mouse

    population = Population("reflex", WORLD, 2, seed=1, steering=Mouse)
    live(population, 5)
    again = checkpoint.load(checkpoint.save(population, tmp_path / "a.safetensors"))
    assert type(again.steered.steering) is Mouse
