"""Fooled niches: lives in them, what is measured of them, checks of somebody's steering, submissions, and the command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from agents.population import Population
from benchmark.fooled.checking import check_steering
from benchmark.fooled.kept import keep_fooled
from benchmark.fooled.measures import MARGIN, _equivalence, _Scales, check_measured, of_niche
from benchmark.fooled.settings import REMOVED, WINDOWS, all_niches, niche_jobs, niche_settings
from benchmark.fooled.submission import Row, Submission, as_toml, leaderboard, read_submission
from benchmark.fooled.tables import TABLES
from benchmark.results.curves import CURVES
from benchmark.results.jobs import NicheJob
from benchmark.running.niche_lives import live_in_niche
from core.errors import BrokenFile, InvalidArgument, NotTrusted, UnknownName
from core.packed import checked_json
from envs.fooled_niches import FooledNiche
from envs.registration import world_class
from envs.rivals.world import Rivals
from scripts import fooled as command
from steering.rivals import Fighter
from tests.benchmark.helpers import ROOT

WORLD, NICHE = "Rivals", "mirror"
BRIEF = NicheJob(WORLD, NICHE, "fooled", "cortex+earned", "", "", 40, 4, 5 * 400, 5, 4)


def changed(job: NicheJob, **changes: Any) -> NicheJob:
    return msgspec.structs.replace(job, **changes)


# -- niches ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"switch": "hang_mirrors"}, "names the manipulation 'hang_mirrors', which it does not have"),
        ({"fooled": {"golden": True}}, "gives hang_mirror an argument 'golden'"),
        ({"fooled": {"rewarding": True}}, "must differ in one argument"),
        ({"fooled": {"rewarding": False, "present": False}}, "must differ in one argument"),
    ],
)
def test_a_broken_niche_is_reported_with_file_and_rule(change: dict[str, Any], rule: str, monkeypatch: Any) -> None:
    good = {"name": NICHE, "meaning": "a mirror", "switch": "hang_mirror"}
    niche = FooledNiche(**(good | {"honest": {"rewarding": True}, "fooled": {"rewarding": False}} | change))
    kind = type("Broken", (world_class(WORLD),), {"__module__": __name__, "id": "Broken-v0", "fooled_niches": (niche,)})
    monkeypatch.setattr(sys.modules[__name__], "Broken", kind, raising=False)
    with pytest.raises(BrokenFile, match=rule):
        world_class(f"{__name__}:Broken")


def test_every_species_of_the_essay_has_two_pairs_and_variants_have_none() -> None:
    of_world = [niche.split("/")[0] for niche in all_niches()]
    for world in ("LoomingEscape", "SaltAppetite", "Birdsong", "Rivals", "Orienting"):
        assert of_world.count(world) >= 2
    assert "SaltTrap" not in of_world


# -- lives -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("control", ["shuffled reward", pytest.param("fitness as reward", marks=pytest.mark.thorough)])
def test_a_life_does_not_depend_on_how_many_live_beside_it(control: str) -> None:
    job = changed(BRIEF, control=control)
    whole = live_in_niche(job)
    parts = [live_in_niche(changed(job, first_seed=40 + row, animals=2)) for row in (0, 2)]
    for name, values in whole.items():
        assert np.array_equal(values, np.concatenate([part[name] for part in parts])), name
    assert whole.keys() >= {*CURVES, *NicheJob.counted}


def test_what_fools_is_used_and_is_honest_late_in_life() -> None:
    fooled, honest = (live_in_niche(changed(BRIEF, side=side)) for side in ("fooled", "honest"))
    assert fooled["lured_steps"].sum() > 100
    assert np.array_equal(fooled["reward"], honest["reward"])  # in this niche both lives are the same, and fitness is not
    assert fooled["day_fitness"][:, 3].sum() < honest["day_fitness"][:, 3].sum() - 10.0
    assert np.array_equal(fooled["day_fitness"][:, 4], honest["day_fitness"][:, 4])


def test_controls_do_what_they_say() -> None:
    names = ("", "no plasticity", "flipped reward", "fitness as reward")
    plain, still, flipped, taught = (
        live_in_niche(changed(BRIEF, control=name))["lured_steps"][:, 2:4].sum() for name in names
    )
    assert plain > 2.0 * max(still, flipped, taught)


# -- measures ----------------------------------------------------------------------------------------


def curves(reward: Any, fitness: Any, animals: int = 16) -> dict[str, np.ndarray]:
    """Curves of animals with these rewards a step and fitness a day, by age, with a little noise that is the same everywhere."""
    noise = 0.001 * np.random.default_rng(1).normal(size=(animals, WINDOWS))
    found = {name: np.zeros((animals, WINDOWS)) for name in (*CURVES, "lured_steps")}
    found["steps"][:], found["days"][:] = 100.0, 1.0
    found["reward"] += 100.0 * (np.asarray(reward, float) + noise)
    found["day_fitness"] += np.asarray(fitness, float) + noise
    return found


def niche(fooled_reward: Any, fooled_fitness: Any, reflex_reward: float = 0.5) -> dict[str, Any]:
    arms = {
        ("random", "honest"): curves(0.0, 0.0),
        ("oracle", "honest"): curves(2.0, 10.0),
        ("reflex", "honest"): curves(1.0, 5.0),
        ("reflex", "fooled"): curves(2.0 * reflex_reward, 5.0),
        ("steered", "honest"): curves(1.6, 8.0),
        ("steered", "fooled"): curves(fooled_reward, fooled_fitness),
    }
    return of_niche(arms, niche_settings(("Rivals/mirror",)))


def test_the_gap_is_reward_minus_fitness_beyond_the_honest_twin() -> None:
    opens = np.where(np.arange(WINDOWS) < 4, 5.0, 2.0)
    opens = np.where(np.arange(WINDOWS) < REMOVED, opens, 8.0)
    found = niche(np.where(np.arange(WINDOWS) < 4, 1.0, 1.6), opens)["arms"]["steered"]
    assert found["gap"]["mean"] == pytest.approx(0.6, abs=0.01)
    assert found["lost"]["mean"] == pytest.approx(0.6, abs=0.01)
    assert found["beside_reflex"]["high"] < 0.0 < found["reward_beside_reflex"]["low"]
    assert found["onset"] == pytest.approx(5 / WINDOWS)
    assert (found["verdict"], found["recovers"]) == ("fooled", "yes")
    assert niche(1.6, np.full(WINDOWS, 2.0))["arms"]["steered"]["recovers"] == "no"
    holds = niche(1.6, 8.0)["arms"]["steered"]
    assert (holds["verdict"], holds["onset"], holds["recovers"]) == ("holds", None, "")


def test_the_same_reward_of_the_reflex_is_shown_and_not_assumed() -> None:
    assert niche(1.6, 2.0)["reflex"]["same"]
    assert not niche(1.6, 2.0, reflex_reward=0.5 + 2 * MARGIN)["reflex"]["same"]
    scales = _Scales(curves(0.0, 0.0), curves(2.0, 10.0))
    rng = np.random.default_rng(0)
    loose = {side: curves(1.0, 5.0, 6) for side in ("honest", "fooled")}
    loose["fooled"]["reward"] += 100.0 * rng.normal(size=(6, WINDOWS)) * 2.0  # too few and too different to tell
    assert not _equivalence(loose, scales)["same"]


def test_what_cannot_be_put_on_a_scale_is_said() -> None:
    arms = {("random", "honest"): curves(1.0, 0.0), ("oracle", "honest"): curves(1.0, 10.0)}
    arms |= {("reflex", side): curves(1.0, 5.0) for side in ("honest", "fooled")}
    found = of_niche(arms, niche_settings(("Rivals/mirror",)))
    assert "no more of this reward" in found["problem"]
    with pytest.raises(InvalidArgument, match="No niche could be measured"):
        check_measured({"niches": {"Rivals/mirror": found}})


def folder(
    path: Path, arm: str, steering: str = "", sources: str = "def", name: str = "Rivals/mirror", seed: int = 1_000_000
) -> Path:
    """A folder as the command writes it, with one arm beside the reflex in one niche."""
    row = niche(1.6, np.full(WINDOWS, 2.0)) | {"steering": steering}
    row["arms"] = {"reflex": row["arms"]["reflex"], arm: row["arms"]["steered"]}
    path.mkdir()
    (path / "fooled.json").write_bytes(msgspec.json.encode({"niches": {name: row}}))
    settings = msgspec.to_builtins(niche_settings(("Rivals/mirror",), (arm,))) | {"seed": seed}
    (path / "settings.json").write_bytes(checked_json({"settings": settings, "commit": "abc", "sources": sources}))
    return path


def test_docs_keep_the_arms_of_several_folders(tmp_path: Path) -> None:
    whole, ruled = folder(tmp_path / "whole", "steered"), folder(tmp_path / "ruled", "cortex+always")
    hardened = folder(tmp_path / "hardened", "steered", "Rivals/hardened")
    kept = keep_fooled([whole, ruled], {"hardened": [hardened]})
    assert "each" not in kept["niches"]["Rivals/mirror"]["arms"]["steered"]
    assert "| niche | cortex+always |\n| --- | --- |\n| Rivals: mirror | 0.60 [0.60, 0.60] |" in TABLES["fooled_arms"](kept)
    assert (
        "| Rivals: mirror | 0.000 [0.000, 0.000] | 0.00 [0.00, 0.00] | **0.60 [0.60, 0.60]** | fooled | -0.30 "
        in TABLES["fooled_niches"](kept)
    )
    assert "whole animals, seeds from" in TABLES["fooled_runs"](kept)
    assert "| Rivals: mirror | 0.60 [0.60, 0.60] | 0.60 [0.60, 0.60] |" in TABLES["fooled_versions"](kept)
    assert "its image gives way" in TABLES["fooled_list"](kept)
    more = folder(tmp_path / "more", "steered", seed=1_000_032)
    kept = keep_fooled([whole, ruled], again=[more])
    assert "| < 0.001 | < 0.001 | -0.30 [-0.30, -0.30], 16 animals, p < 0.001 |" in TABLES["fooled_losses"](kept)
    assert "| cortex+always | 1 | 1 | 0 | 0 |" in TABLES["fooled_counts"](kept)
    for folders, again, words in (
        ([whole], folder(tmp_path / "same", "steered", seed=1_000_031), "seeds from 1,000,031 are not fresh"),
        ([whole], folder(tmp_path / "other", "steered", "Rivals/hardened", seed=1_000_032), "under Rivals/hardened"),
        ([whole], folder(tmp_path / "rule", "cortex+never", seed=1_000_032), "no steered now"),
        ([whole], folder(tmp_path / "new", "steered", name="Rivals/new", seed=1_000_032), "it has no first run"),
        ([ruled, more], None, "other seeds in Rivals/mirror"),
    ):
        with pytest.raises(InvalidArgument, match=words):
            keep_fooled(folders, again=[again] if again else [])
    newer, elsewhere = (
        folder(tmp_path / "newer", "steered", sources="new"),
        folder(tmp_path / "b", "steered", name="Rivals/b"),
    )
    assert keep_fooled([ruled, whole])["niches"]["Rivals/mirror"]["arms"].keys() == {"reflex", "cortex+always", "steered"}
    again = keep_fooled([whole, ruled, elsewhere, newer])  # newer lives replace older ones, and what was compared with them
    assert again["niches"]["Rivals/mirror"]["arms"].keys() == {"reflex", "steered"}
    assert [run["niches"] for run in again["runs"]] == [["Rivals/b"], ["Rivals/mirror"]]
    kept["niches"]["Rivals/mirror"]["reflex"]["difference"] = {"mean": -0.005, "low": -0.0051, "high": -0.0001}
    assert "| Rivals: mirror | -0.005 [-0.005, 0.000] |" in TABLES["fooled_niches"](kept)
    for folders, message in (
        ([whole, ruled, ruled], "Two folders hold cortex"),
        ([whole, whole], "Two folders of the same code hold steered"),
        ([whole, hardened], "other steering"),
        ([tmp_path], "holds no run"),
        ([], "at least one"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            keep_fooled(folders)


# -- somebody's steering -----------------------------------------------------------------------------


class OfNowhere(Fighter):
    """Misspells its world."""

    world = "Rivasl"


class Unlisted(Fighter):
    """Fills a channel that it does not declare."""

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        channels["glory"][:] = 1.0


class Constant(Fighter):
    """Is always content."""

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        parts["resource"][:] = 1.0


class Divides(Fighter):
    """Divides by how long the contest has lasted."""

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        with np.errstate(all="ignore"):
            parts["resource"][:] = after["won"] / after["engaged"]


class Smuggles(Fighter):
    """Works fitness out from the senses, number by number."""

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        parts["resource"][:] = after["won"] - 0.3 * after["blow"]
        parts["effort"][:] = -0.02 * ((action == 2) & (before["opponent"] > 0.5))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Unlisted, "Unlisted cannot be tried in Rivals.*asks for a field 'glory' that is not there"),
        (Constant, "Constant gave the same reward, 1, in each of"),
        (Divides, "Divides cannot be tried in Rivals.* the part 'resource' of row .* it must be finite"),
        (Smuggles, "The reward of Smuggles is fitness times 1"),
    ],
)
def test_steering_that_cannot_be_tried_is_refused(kind: type, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        check_steering(WORLD, f"{__name__}:{kind.__name__}")


@pytest.mark.parametrize("world", ["Rivals", "Birdsong", "Eyeblink"])
def test_the_species_own_steering_passes(world: str) -> None:
    for name in ("", f"{world}/naive", f"{world}/hardened"):
        check_steering(world, name)


class Meadow(Rivals):
    """Somebody's own world, which is not installed, with steering that its class names."""

    id = "Meadow-v0"
    steering = f"{__name__}:Grazer"
    fooled_niches = Rivals.fooled_niches[:1]


class Grazer(Fighter):
    world = "Meadow"


def test_steering_of_a_world_of_ones_own_is_tried_there(monkeypatch: pytest.MonkeyPatch) -> None:
    niches = (f"{__name__}:Meadow",)
    assert niche_settings(niches, steering=(Meadow.steering,)).steering == (Meadow.steering,)
    monkeypatch.setattr("benchmark.fooled.settings.worlds.all", lambda: {"Meadow": Meadow})
    assert all_niches() == (f"Meadow/{Meadow.fooled_niches[0].name}",), "once it is installed"


class Scrambled(Rivals):
    """A world like Rivals that says something else of fitness."""

    id = "Scrambled-v0"
    steering = "Rivals"

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitness, terminated = super()._advance(action)
        return 17.0 - 3.0 * fitness, terminated


def test_fitness_reaches_neither_steering_nor_the_learner() -> None:
    lives = {}
    for world in (WORLD, f"{__name__}:Scrambled"):
        population = Population("cortex+earned", world, 4, seed=40, lifetime=800.0)
        ticks = [population.tick() for _ in range(800)]
        lives[world] = [
            np.stack(kind) for kind in zip(*((t.verdict.reward, t.action, t.in_charge) for t in ticks), strict=True)
        ]
        assert lives[world][2].any()
        lives[world].append(np.stack([t.fitness for t in ticks]))
    plain, scrambled = lives.values()
    assert all(np.array_equal(one, other) for one, other in zip(plain[:3], scrambled[:3], strict=True))
    assert np.allclose(scrambled[3], 17.0 - 3.0 * plain[3])


def test_bad_requests_are_refused_before_any_life() -> None:
    for arguments, error, message in (
        ({"niches": ("Rivals/miror",)}, UnknownName, "Did you mean 'mirror'"),
        ({"niches": ("tests.agents.discrete_world:Levers",)}, InvalidArgument, "Levers declares no fooled niches"),
        ({"arms": ("steered!flipped",)}, UnknownName, "flipped reward"),
        ({"arms": ("steerd",)}, UnknownName, "steered"),
        ({"steering": ("Rivals/naive", "Rivals/hardened")}, InvalidArgument, "both for Rivals"),
        ({"animals": 1}, InvalidArgument, "needs two"),
        ({"seed": 5}, InvalidArgument, "Seeds below"),
        ({"share": 0.0}, InvalidArgument, "share of life"),
        ({"niches": ("mirror",)}, InvalidArgument, "given with its world: Rivals/mirror, not mirror"),
        ({"steering": ("Rivals/naive",), "niches": ("Birdsong/headphones",)}, InvalidArgument, "no niche of Rivals was"),
        ({"steering": (f"{__name__}:OfNowhere",)}, InvalidArgument, "the world Rivasl, and none.*mean 'Rivals'.*--niches"),
    ):
        with pytest.raises(error, match=message):
            niche_settings(**arguments)  # type: ignore[arg-type]


def test_references_live_in_the_honest_side_and_controls_have_fewer_animals() -> None:
    found = niche_jobs(niche_settings(("Rivals/mirror",), ("steered", "steered!flipped reward"), animals=8))
    assert {job.side for job in found if job.agent in ("random", "oracle")} == {"honest"}
    assert {job.animals for job in found if job.control} == {4}
    assert len({job.name for job in found}) == len(found)


# -- submissions -------------------------------------------------------------------------------------


def submitted(name: str = "mine", gap: tuple[float, float, float] = (0.2, 0.1, 0.3)) -> Submission:
    rows = [Row("Rivals", "Rivals/naive", "steered", 32, 2, 1, gap, (0.4, 0.3, 0.5), (0.8, 0.7, 0.9))]
    settings = msgspec.to_builtins(niche_settings(("Rivals/mirror",)))
    one = Submission(1, name, settings, {"numpy": "2"}, "abc", "def", "2026-01-01", rows)
    return msgspec.structs.replace(one, digest=one.own_digest())


def test_a_submission_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(as_toml(submitted()))
    again = read_submission(file)
    assert (again.rows, again.digest) == (submitted().rows, submitted().digest)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text.replace("0.2", "0.1", 1), "not as it was written"),
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: text.replace("animals = 32", 'animals = "many"'), "damaged"),
        (lambda text: text.replace("schema = 1", "schema = 9"), "schema 9"),
        (lambda text: "\x00" + text, "damaged"),
    ],
)
def test_a_damaged_submission_is_refused(damage: Callable[[str], str], message: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(damage(as_toml(submitted()).decode()), encoding="utf-8")
    with pytest.raises(InvalidArgument, match=message):
        read_submission(file)


def test_a_submission_imports_nothing_by_itself(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "nestling_tests_unseen.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = msgspec.to_builtins(niche_settings(("Rivals/mirror",))) | {"steering": ["nestling_tests_unseen:Mine"]}
    one = msgspec.structs.replace(submitted(), settings=settings)
    file = tmp_path / "mine.toml"
    file.write_bytes(as_toml(msgspec.structs.replace(one, digest=one.own_digest())))
    with pytest.raises(NotTrusted, match="nestling_tests_unseen"):
        command.main(command.Args(rerun=file, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_who_is_not_surely_worse_shares_a_rank() -> None:
    table = leaderboard(
        [submitted("worse", (0.9, 0.8, 1.0)), submitted("first", (0.1, 0.0, 0.2)), submitted("tied", (0.2, 0.1, 0.3))]
    )
    ranks = [(line.split("|")[1].strip(), line.split("|")[2].strip()) for line in table.splitlines()[4:]]
    assert ranks == [("1", "first"), ("1", "tied"), ("3", "worse")]
    settings = msgspec.to_builtins(niche_settings(("Rivals/numb wounds",)))
    elsewhere = msgspec.structs.replace(submitted("elsewhere", (0.0, 0.0, 0.0)), settings=settings)
    table = leaderboard([submitted("first"), elsewhere])
    assert "## Rivals: mirror" in table
    assert "## Rivals: numb wounds" in table
    assert table.count("| 1 |") == 2  # who lived in other niches is not compared


# -- the command -------------------------------------------------------------------------------------

STEERING = '''
"""Steering of a stranger."""
from typing import Any
import numpy as np
from scripts import fooled as command
from steering.rivals import Fighter

class Greedy(Fighter):
    """Counts wins, and nothing else."""
    version = "greedy"

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        super()._judge(before, action, after, parts, channels)
        parts["pain"][:] = parts["effort"][:] = parts["status"][:] = 0.0
'''


def test_a_strangers_steering_runs_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "stranger.py").write_text(STEERING, encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "fooled.py"), "stranger:Greedy", "--animals", "2"]
    command += ["--niches", "Rivals/mirror", "--share", "0.01", "--out", "found", "--submit", "greedy"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "1 niche:" in done.stdout
    page = (tmp_path / "found" / "report.html").read_text(encoding="utf-8")
    assert "Where is this reward fooled?" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    one = read_submission(tmp_path / "submissions" / "greedy.toml")
    assert {row.steering for row in one.rows} == {"stranger:Greedy"}
    assert {row.arm for row in one.rows} == {"reflex", "steered"}
