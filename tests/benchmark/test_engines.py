"""The same results from every engine; workers that die; a real Ray."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from benchmark.running.engines import Engine, LocalEngine, RayEngine, make_engine
from benchmark.running.run import run
from benchmark.running.work import OtherSources, do_job
from core.errors import InvalidArgument, UnknownName
from tests.benchmark.helpers import assert_same_results, encoded, small

KILLER = (
    "import os, signal\n"
    "from envs.rivals.world import Rivals\n"
    "class Killer(Rivals):\n"
    "    id = 'Killer-v0'\n"
    "    steering = 'Rivals'\n"
    "    def _oracle(self):\n"
    "        os.kill(os.getpid(), signal.SIGKILL)\n"
)


@pytest.fixture(params=["local", "ray"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    (tmp_path / "killer_world.py").write_text(KILLER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    if request.param == "ray":
        pytest.importorskip("ray")
    made = make_engine(request.param, workers=2)
    yield made
    made.close()


@pytest.mark.filterwarnings("ignore")  # Ray opens files and sockets that it leaves to the garbage collector
def test_engines_agree_and_a_killer_cell_is_blamed_alone(
    engine: Engine, finished: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmark.running.run._TRIES", 1)  # a new worker takes seconds to begin
    store = Store(tmp_path / "same", small(shard=3))
    assert run(store, engine)
    assert_same_results(finished, store)
    assert encoded(summarise(finished)) == encoded(summarise(store))

    killed = Store(tmp_path / "killed", small(worlds=("killer_world:Killer",), agents=("random", "reflex"), animals=2))
    assert not run(killed, engine)
    rows = summarise(killed)["worlds"]["killer_world:Killer"]
    assert {agent: row["status"] for agent, row in rows.items()} == {
        "random": "complete",
        "oracle": "failed",
        "reflex": "complete",
    }
    oracle = next(job for job in jobs(killed.settings) if isinstance(job, LifeJob) and job.agent == "oracle")
    error = killed.error(oracle) or ""
    assert "died in each of 1 tries" in error
    assert ("killed by SIGKILL" if engine.__class__ is LocalEngine else "Ray says") in error


def test_a_worker_with_other_sources_does_not_answer(finished: Store) -> None:
    with pytest.raises(OtherSources, match="install the same version"):
        do_job(jobs(finished.settings)[0], "other")


def test_bad_engines() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'ray'"):
        make_engine("rays")
    with pytest.raises(InvalidArgument, match="local engine has no address"):
        make_engine("local", address="auto")


def test_without_ray_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InvalidArgument, match=r"pip install nestling\[ray\]"):
        RayEngine()
