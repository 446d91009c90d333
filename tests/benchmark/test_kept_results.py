"""Tables and figures of README and docs: made from kept results, never typed."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from matplotlib.axes import Axes

from agents.catalogue import WHOLE_RULE
from benchmark.fooled.tables import TABLES as OF_FOOLED
from benchmark.report.doc_tables import MARK, TABLES, fill
from benchmark.report.kept import add_agents, keep, renew_agents
from benchmark.report.kept_figures import fitness_of_rules, frontier, frontier_of, growing_up
from benchmark.report.rule_tables import verdict_by_margin
from benchmark.results.gathered import tenth
from benchmark.results.store import Store
from benchmark.results.verdict import WHOLE
from core.errors import InvalidArgument
from tests.benchmark.helpers import ROOT, WORLD


@pytest.fixture(scope="module")
def results(finished: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    (folder / "mine.json").write_bytes(msgspec.json.encode(keep([finished])))
    return folder


def test_blocks_are_filled_and_stay_as_they_are(results: Path) -> None:
    page = f"Before.\n\n<!-- results: rules mine {WORLD} -->\nstale\n<!-- end of results -->\n\nAfter.\n"
    filled = fill(page, results)
    assert "stale" not in filled
    assert filled.startswith("Before.")
    assert filled.endswith("After.\n")
    assert f"**`steered` ({WHOLE_RULE})**" in filled
    assert fill(filled, results) == filled


def test_scores_of_few_animals_have_no_interval(results: Path) -> None:
    kept = msgspec.json.decode((results / "mine.json").read_bytes())
    few = TABLES["grown"](kept)
    assert "`steered` (4)" in few
    assert " to " in few
    assert "[" not in few
    assert "random" not in few
    one = kept["worlds"][WORLD]["reflex"]
    one["grown_scores"][0] = None
    assert TABLES["grown"](kept), "an animal may have ended no day"
    one["grown_scores"] = []
    assert "| `reflex` (4) | \N{EN DASH} |" in TABLES["grown"](kept)
    for row in kept["worlds"][WORLD].values():
        row["animals"] = 32
    assert " to " not in TABLES["grown"](kept)
    assert "`steered`" not in TABLES["whole_minus"](kept)


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("nothing mine", "no table 'nothing'"),
        ("rules lost Rivals", "no kept results"),
        ("rules mine Birdsong", "nothing of Birdsong"),
    ],
)
def test_what_cannot_be_filled_is_told(results: Path, block: str, says: str) -> None:
    with pytest.raises(InvalidArgument, match=says):
        fill(f"<!-- results: {block} -->\n<!-- end of results -->", results)


def test_figures_are_drawn_from_what_is_kept(results: Path) -> None:
    kept = msgspec.json.decode((results / "mine.json").read_bytes())
    for draw in (fitness_of_rules, frontier):
        assert draw(kept).startswith(b"\x89PNG")
    assert growing_up(kept, WORLD).startswith(b"\x89PNG")


def test_a_rule_has_one_mark_in_every_panel(finished: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keep([finished])["worlds"][WORLD][WHOLE]
    rules = [f"cortex+{name}" for name in ("earned", "urgency", "annealed", "gate")]
    drawn: dict[str, set[str]] = {}

    def plot(_: Axes, *args: object, label: str = "", **__: object) -> None:
        if label:
            drawn.setdefault(label, set()).add(str(args[2]))

    monkeypatch.setattr(Axes, "plot", plot)
    frontier({"worlds": {"Rivals": dict.fromkeys(rules, row), "Orienting": dict.fromkeys(rules[2:], row)}})
    assert set(map(len, drawn.values())) == {1}, drawn
    assert len(drawn) == len(rules)


def test_the_frontier_has_what_nothing_beats() -> None:
    points = {"safe": (0.0, 0.1), "bold": (-0.2, 0.5), "worse": (-0.3, 0.4), "same": (0.0, 0.1)}
    assert frontier_of(points) == {"safe", "bold", "same"}


def test_the_tenths_of_a_life_are_all_of_it(finished: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for windows in (10, 25, 50):
        monkeypatch.setattr(type(finished.settings), "ages", lambda self, world, windows=windows: windows)
        spans = [tenth(number)(finished.settings, WORLD) for number in range(10)]
        assert [place for span in spans for place in range(windows)[span]] == list(range(windows))
    monkeypatch.setattr(type(finished.settings), "ages", lambda self, world: 4)
    assert all(len(range(4)[tenth(number)(finished.settings, WORLD)]) for number in range(10)), "of few, none is empty"


def test_what_the_young_pay_is_told_of_each_rule(results: Path) -> None:
    kept = msgspec.json.decode((results / "mine.json").read_bytes())
    agents = kept["worlds"][WORLD]
    agents["cortex+earned"] = agents[WHOLE] | {"life_scores": [score - 0.25 for score in agents[WHOLE]["life_scores"]]}
    table = TABLES["young"](kept)
    assert table.endswith("0.250 [0.250, 0.250] |"), table
    del agents["cortex+earned"]
    assert TABLES["young"](kept).endswith("| \N{EN DASH} |"), "a rule may be missing in a world"


def test_a_margin_decides() -> None:
    bounds = {"yes": (-0.01, 0.2), "**no**": (-0.2, -0.03), "undecided": (-0.03, 0.2)}
    for verdict, (low, high) in bounds.items():
        assert verdict_by_margin({"low": low, "high": high}) == verdict


def test_one_world_is_kept_once(finished: Store) -> None:
    with pytest.raises(InvalidArgument, match="Two folders hold Rivals"):
        keep([finished, finished])
    with pytest.raises(InvalidArgument, match="at least one"):
        keep([])


def test_agents_of_the_same_lives_are_added(finished: Store) -> None:
    kept = keep([finished])
    less = kept | {"worlds": {WORLD: {name: row for name, row in kept["worlds"][WORLD].items() if name != "reflex"}}}
    again = add_agents(less, kept)["worlds"][WORLD]
    assert again.keys() == kept["worlds"][WORLD].keys()
    for name in ("mean", "low", "high"):
        known = kept["worlds"][WORLD]["reflex"]["whole_animal_minus_this"][name]
        assert again["reflex"]["whole_animal_minus_this"][name] == pytest.approx(known, abs=1e-3)
    others = msgspec.json.decode(msgspec.json.encode(kept))
    others["worlds"][WORLD]["random"]["fitness_by_age"]["iqm"][0] += 1.0
    for more, message in (
        (kept, "no new agent"),
        (others, "not those that are kept"),
        (kept | {"worlds": {"Elsewhere": {}}}, "not among the kept"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            add_agents(kept, more)


def test_agents_are_renewed_and_compared_anew(finished: Store) -> None:
    kept = keep([finished])
    assert renew_agents(kept, kept)["worlds"][WORLD].keys() == kept["worlds"][WORLD].keys()
    later = msgspec.json.decode(msgspec.json.encode(kept))
    whole = later["worlds"][WORLD][WHOLE]
    whole["grown_scores"] = [score + 0.5 for score in whole["grown_scores"]]
    later["worlds"][WORLD] = {agent: later["worlds"][WORLD][agent] for agent in ("random", "oracle", WHOLE)}
    again = renew_agents(kept, later)
    rows = again["worlds"][WORLD]
    assert rows[WHOLE] == whole
    assert rows.keys() == kept["worlds"][WORLD].keys()
    before = kept["worlds"][WORLD]["reflex"]["whole_animal_minus_this"]["mean"]
    assert rows["reflex"]["whole_animal_minus_this"]["mean"] == pytest.approx(before + 0.5, abs=1e-3)
    assert len(again["runs"]) == 2
    later["worlds"][WORLD]["oracle"]["fitness_by_age"]["iqm"][0] += 1.0
    with pytest.raises(InvalidArgument, match="lives of oracle in Rivals are not those that are kept"):
        renew_agents(kept, later)


def test_the_pages_of_this_project_agree_with_what_is_kept() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/doc_tables.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pages = [
        page
        for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
        if MARK.search(page.read_text(encoding="utf-8"))
    ]
    assert pages, "no page has a table that is made"
    assert {*TABLES, *OF_FOOLED} >= {
        found[2].split()[0] for page in pages for found in MARK.finditer(page.read_text(encoding="utf-8"))
    }
