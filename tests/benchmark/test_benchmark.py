"""The benchmark: checks before work, resumption after being killed, honest summaries, damaged folders."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agents.disagreement import Disagreement
from agents.life import live
from agents.population import Population
from agents.steered_world import Tick
from benchmark.experiments.experiment import chosen_experiments, experiments
from benchmark.results.curves import CurveRecorder
from benchmark.results.folder import OtherSettings
from benchmark.results.gathered import day_fitness, gather, grown
from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.statistics import middle
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from benchmark.running.engines import LocalEngine
from benchmark.running.run import run
from core.errors import InvalidArgument, UnknownName
from tests.benchmark.helpers import AGENTS, LIFETIME, ROOT, WORLD, assert_same_results, command, curves_of, encoded, small
from tests.commands import refusal

SMALL = ("--worlds", WORLD, "--animals", "2", "--lifetime", str(LIFETIME), "--experiments")


def test_shards_and_workers_do_not_matter(finished: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "out", small(shard=3))
    assert run(other, LocalEngine(1))
    assert_same_results(finished, other)
    assert encoded(summarise(finished)) == encoded(summarise(other))


def test_killed_and_resumed_is_the_same(finished: Store, tmp_path: Path) -> None:
    lives = command("--workers", "2", "--out", str(tmp_path / "out"))
    rng = random.Random(3)
    for _ in range(4):
        process = subprocess.Popen(lives, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
        time.sleep(rng.uniform(1.0, 5.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(lives, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    resumed = Store(tmp_path / "out", small())
    assert_same_results(finished, resumed)
    assert not list((tmp_path / "out").rglob("*.error.txt"))


def test_summary(finished: Store) -> None:
    rows = summarise(finished)["worlds"][WORLD]
    assert list(rows) == ["random", "oracle", *AGENTS]
    for row in rows.values():
        assert row["status"] == "complete"
        assert row["animals"] == 4
        for key in ("fitness_grown", "score_grown", "learner_share_grown"):
            assert row[key]["low"] <= row[key]["iqm"] <= row[key]["high"]
    assert rows["random"]["score_grown"]["iqm"] == pytest.approx(0.0, abs=1e-9)
    assert rows["oracle"]["score_grown"]["iqm"] == pytest.approx(1.0, abs=1e-9)
    assert rows["reflex"]["learner_share_grown"]["high"] == 0.0


def test_curves_add_up() -> None:
    """Every step, reward and day is in exactly one window, the one of its age."""
    animals, lifetime, windows = 3, 2500, 7
    population, recorder = Population("random", "LoomingEscape", animals, seed=1), CurveRecorder(animals, lifetime, windows)
    seen: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    live(population, lifetime, [recorder, lambda _, tick: seen.append((tick.fitness, tick.verdict.reward, tick.ended))])
    expected = {name: np.zeros((animals, windows)) for name in ("day_fitness", "days", "reward", "steps")}
    day = np.zeros(animals)
    for step, (fitness, reward, ended) in enumerate(seen):
        window = step * windows // lifetime
        day += fitness
        expected["reward"][:, window] += reward
        expected["steps"][:, window] += 1
        expected["days"][ended, window] += 1
        expected["day_fitness"][ended, window] += day[ended]
        day[ended] = 0.0
    assert all(np.array_equal(recorder.curves[name], values) for name, values in expected.items())


def test_control_is_counted_by_want_and_where_it_matters() -> None:
    animals, lifetime, windows = 3, 1200, 4
    population, recorder = Population("steered", "Rivals", animals, seed=1), CurveRecorder(animals, lifetime, windows)
    disagreement = Disagreement(population.world.single_action_space)
    mattered, wanted = np.zeros((2, animals)), np.zeros((animals, len(population.steered.steering.wants)))

    def watch(_: Population, tick: Tick) -> None:
        matters = disagreement.matters(tick)
        mattered[0] += matters
        mattered[1] += matters & tick.in_charge
        for animal in range(animals):
            wanted[animal, tick.reflex.want[animal]] += 1

    live(population, lifetime, [recorder, watch])
    curves = recorder.curves
    assert np.array_equal(curves["steps_that_matter"].sum(1), mattered[0])
    assert np.array_equal(curves["learner_steps_that_matter"].sum(1), mattered[1])
    assert np.array_equal(curves["want_steps"].sum(1), wanted)
    assert np.array_equal(curves["want_learner_steps"].sum(2), curves["learner_steps"])
    assert 0.0 < mattered[1].sum() < mattered[0].sum() < animals * lifetime


def test_results_from_before_control_was_counted_can_be_read(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    for job in jobs(store.settings):
        found = finished.read(job)
        assert found is not None
        store.write(job, {name: value for name, value in found.items() if "matter" not in name and "want" not in name})
    row, now = (summarise(each)["worlds"][WORLD]["steered"] for each in (store, finished))
    assert np.isnan(row["share_where_it_matters"]["iqm"])
    assert 0.0 <= now["share_where_it_matters"]["iqm"] <= 1.0
    assert row["score_grown"] == now["score_grown"]


def test_unfinished_is_shown_as_unfinished(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    for job in jobs(store.settings)[:-1]:
        curves = finished.read(job)
        assert curves is not None
        store.write(job, curves)
    rows = summarise(store)["worlds"][WORLD]
    assert rows["steered"]["status"] == "partial"
    assert rows["reflex"]["status"] == "complete"


def test_one_failing_cell_does_not_stop_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_world.py").write_text(
        "from envs.rivals.world import Rivals\n"
        "class Broken(Rivals):\n"
        "    id = 'Broken-v0'\n"
        "    steering = 'Rivals'\n"
        "    def _oracle(self):\n"
        "        raise RuntimeError('the oracle is out')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    settings = small(worlds=("broken_world:Broken",), agents=("random",), animals=2)
    store = Store(tmp_path / "out", settings)
    assert not run(store, LocalEngine(1))
    rows = summarise(store)["worlds"]["broken_world:Broken"]
    assert rows["oracle"]["status"] == "failed"
    assert rows["random"]["status"] == "complete"
    oracle = next(job for job in jobs(settings) if isinstance(job, LifeJob) and job.agent == "oracle")
    assert "the oracle is out" in (store.error(oracle) or "")


def test_leftovers_of_killed_writers_are_swept(finished: Store, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / ".settings.json.x.partial").write_text("{")
    store = Store(folder, finished.settings)
    store.sweep()
    assert [path.name for path in folder.iterdir()] == ["settings.json"]


def test_results_of_other_sources_are_refused(finished: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.results.folder.code_digest", lambda: "changed")
    with pytest.raises(OtherSettings, match="sources"):
        Store(finished.folder, finished.settings)
    assert Store.open(finished.folder).has(jobs(finished.settings)[0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--workers", "-1"), "workers must be a whole number"),
        (("--report-only", "--out", "no/such/folder"), "is no results folder"),
        (("--report-only",), "say which with --out"),
        (("--quick", "--full"), "exclude each other"),
        (("--address", "auto"), "the local engine has no address"),
        (("--export", "exel"), "export format"),
        (("--suite", "no-such.toml"), "cannot be read"),
        (("--out", "README.md"), "README.md"),
        (("--agents", "refleks"), "Did you mean 'reflex'"),
    ],
)
def test_command_refuses_plainly(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert words in refusal("benchmark", *SMALL, *arguments, monkeypatch=monkeypatch, capsys=capsys)
    assert not (ROOT / "no").exists()


@pytest.mark.parametrize(
    ("address", "words"), [("127.0.0.1:1", "No Ray answers at 127.0.0.1:1"), ("nonsense", "A Ray address is")]
)
def test_an_address_without_ray_is_refused(address: str, words: str) -> None:
    command = [sys.executable, "scripts/benchmark.py", *SMALL, "--engine", "ray", "--address", address]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_folder_of_other_settings_is_refused(finished: Store, tmp_path: Path) -> None:
    with pytest.raises(OtherSettings, match=r"lifetimes: \(800,\) there, \(4000,\) now"):
        Store(finished.folder, small(lifetime=4000))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OtherSettings, match="not empty"):
        Store(tmp_path, small())


def test_damaged_cell_is_run_again(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small(animals=2))
    assert run(store, LocalEngine(1))
    before = curves_of(store)
    job = jobs(store.settings)[0]
    store.path(job).write_bytes(store.path(job).read_bytes()[:200])
    assert not store.has(job)
    assert run(store, LocalEngine(1))
    after = curves_of(store)
    assert all(np.array_equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"animals": 0}, "an interval needs two"),
        ({"animals": 1}, "an interval needs two"),
        ({"animals": -3}, "must be a whole number"),
        ({"animals": 2.5}, "must be a whole number"),
        ({"lifetime": 100}, "at least two episodes"),
        ({"lifetime": {WORLD: 799}}, "at least two episodes"),
        ({"share_of_life": 0.0, "lifetime": None}, "share_of_life must be above 0"),
        ({"share_of_animals": 1.5}, "share_of_animals must be above 0"),
        ({"seed": 7}, "choosing hyperparameters"),
        ({"seed": 999_998, "purpose": "tune"}, "Tuning must keep to seeds below"),
        ({"tuned_on": ((1_000_003, 1_000_010),)}, "overlap 1000003 to 1000009"),
        ({"tuned_on": ((5, 9), (999_990, 1_000_001))}, "overlap 999990 to 1000000"),
    ],
)
def test_bad_settings(changes: dict, words: str) -> None:
    with pytest.raises(InvalidArgument, match=words):
        small(**changes)


def test_a_world_of_many_names_is_one() -> None:
    same = ("Rivals", "rivals", "Rivals-v0", "envs.rivals.world:Rivals", "nestling.envs.rivals.world:Rivals")
    assert small(worlds=same).worlds == ("Rivals",)
    third_party = small(worlds=("examples.cartpole:CartPole",), lifetime={"examples.cartpole:CartPole": 2000})
    assert third_party.worlds == ("nestling.examples.cartpole:CartPole",)
    assert third_party.lifetimes == (2000,)


def test_unknown_names() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'LoomingEscape'"):
        small(worlds=("Looming",))
    with pytest.raises(UnknownName, match="Did you mean 'reflex'"):
        small(agents=("refleks",))
    with pytest.raises(UnknownName, match="Did you mean 'Rivals'"):
        small(lifetime={"Rival": 800})
    with pytest.raises(UnknownName, match="experiment"):
        small(experiments=("L99",))
    with pytest.raises(UnknownName, match="experiment"):
        chosen_experiments(("L99",))


def test_every_experiment_is_declared() -> None:
    assert {"L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8"} <= experiments().keys()
    assert all(one.claim and one.threshold and one.source for one in experiments().values())


def test_experiment_command(tmp_path: Path) -> None:
    command = [sys.executable, "scripts/experiment.py", "L7", "L5", "--animals", "10", "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    entries = msgspec.json.decode((tmp_path / "experiments.json").read_bytes())
    assert [entry["id"] for entry in entries] == ["L7", "L5"]
    assert all(entry["holds"] for entry in entries)
    assert entries[0]["interval"][0] <= entries[0]["statistic"] <= entries[0]["interval"][1]


def test_weak_and_strong_fighters_are_averaged(tmp_path: Path) -> None:
    store = Store(tmp_path, small(worlds=("Rivals",), agents=("random", "oracle", "reflex"), animals=9, shard=4))
    assert run(store, LocalEngine(1))
    lives = gather(store)["Rivals"]["reflex"]
    assert lives.curves is not None
    assert lives.strata is not None
    strength = Population("reflex", "Rivals", 9, seed=store.settings.seed).world.body.strength
    assert ((strength > 0.0) == (lives.strata == 1)).all(), "of every shard"
    late = day_fitness(lives.curves, grown(store.settings, "Rivals"))
    found = summarise(store)["worlds"]["Rivals"]["reflex"]["fitness_grown"]["iqm"]
    assert found == middle(late, lives.strata) != middle(late)
