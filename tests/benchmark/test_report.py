"""The report in a real browser, figures, exports, comparisons of runs, and suites from files."""

import csv
import json
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from benchmark.report.figures import draw_all
from benchmark.report.numbers import show_bounds, show_centre, show_number, show_p, show_share
from benchmark.report.report import write_report
from benchmark.results.compare import compare
from benchmark.results.curves import CURVES
from benchmark.results.export import export
from benchmark.results.folder import OtherSettings
from benchmark.results.jobs import ExperimentJob, LifeJob, jobs
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from benchmark.running.engines import LocalEngine
from benchmark.running.film import unpacked
from benchmark.running.run import run
from benchmark.running.suite_file import read_suite
from benchmark.running.suites import LEAST_WINDOWS, SUITES, Suite, resolve
from benchmark.running.work import do_job
from core.code_digest import code_digest
from core.errors import InvalidArgument, UnknownName
from core.packed import DamagedFile
from core.player.page import page_of_packed
from tests.benchmark.helpers import ROOT, WORLD, curves_of, small
from tests.browsing import open_page


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A run with a failed, a missing and a finished part of each kind, and its report."""
    store = Store(tmp_path_factory.mktemp("report") / "out", small(experiments=("L7", "L5", "L1"), share_of_animals=0.2))
    todo = jobs(store.settings)
    for job in todo:
        if isinstance(job, ExperimentJob) and job.id == "L5":
            store.write_error(job, "Traceback\nRuntimeError: the <b>cage</b> was open")
        elif not (isinstance(job, ExperimentJob) and job.id == "L1"):
            store.write(job, do_job(job, code_digest()))
    write_report(store, summarise(store), draw_all(store))
    return store


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_report_fits_and_is_silent(browser: Any, reported: Store, width: int, scheme: str) -> None:
    page, complaints = open_page(browser, reported.folder / "report.html", width, scheme)
    assert not complaints
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    wide = page.locator(".wide").first
    wide.evaluate("box => box.scrollLeft = 200")
    place = wide.evaluate(
        "box => box.querySelector('tbody th').getBoundingClientRect().left - box.getBoundingClientRect().left"
    )
    assert abs(place) < 3, "names of rows stay in sight when a table is moved"
    unnamed = page.evaluate(
        "[...document.querySelectorAll('img:not([alt]), svg:not([aria-label]), th:not([scope])')].length"
        " + [...document.querySelectorAll('img')].filter(i => !i.naturalWidth).length"
    )
    assert unnamed == 0
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(t => parseFloat(getComputedStyle(t).fontSize)"
        " * t.ownerSVGElement.getScreenCTM().a)"
    )
    assert min(sizes) > 8.5, "letters of figures must stay readable"


def test_contrast_of_text(browser: Any, reported: Store) -> None:
    script = """() => {
      const parts = c => { const d = document.createElement('canvas').getContext('2d');
        d.fillStyle = c; d.fillRect(0, 0, 1, 1);
        return [...d.getImageData(0, 0, 1, 1).data].slice(0, 3)
          .map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); };
      const light = c => { const [r, g, b] = parts(c); return .2126 * r + .7152 * g + .0722 * b; };
      const root = getComputedStyle(document.documentElement), get = n => light(root.getPropertyValue(n).trim());
      return ['--ink', '--faint', '--steering', '--learning', '--good', '--bad', '--accent'].flatMap(name =>
        ['--paper', '--card'].map(ground => { const [a, b] = [get(name), get(ground)].sort((x, y) => y - x);
          return [name + ' on ' + ground, (a + .05) / (b + .05)]; })); }"""
    for scheme in ("light", "dark"):
        page, _ = open_page(browser, reported.folder / "report.html", 1000, scheme)
        for what, ratio in page.evaluate(script):
            assert ratio >= 4.5, f"{what} has a contrast of {ratio:.1f} in {scheme}"


def test_a_figure_tells_its_numbers(browser: Any, reported: Store) -> None:
    page, complaints = open_page(browser, reported.folder / "report.html", 1400)
    plot = page.locator(".plot:has(script)").first
    plot.scroll_into_view_if_needed()
    tip = plot.locator(".tip")
    assert not tip.is_visible()
    plot.focus()
    texts = []
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        texts.append(tip.inner_text())
    assert texts[0] != texts[1]
    rows = summarise(reported)["worlds"][WORLD]
    assert f"{rows['reflex']['fitness_at_birth']['iqm']:.2f}" in texts[0].replace("\N{MINUS SIGN}", "-")
    axis = json.loads(plot.locator("script").inner_text())["axis"]
    place = plot.locator("svg").evaluate(
        "(svg, axis) => { const m = svg.getScreenCTM(); return [m.a * axis.right + m.e, m.d * (axis.top + axis.bottom) / 2 + m.f]; }",
        axis,
    )
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    page.mouse.move(place[0] - 2, place[1])
    assert tip.inner_text() == texts[1], "the last age lies at the right end"
    box, frame = tip.bounding_box(), plot.bounding_box()
    assert box["x"] >= frame["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    assert not complaints


def test_it_prints_whole(browser: Any, reported: Store) -> None:
    page, _ = open_page(browser, reported.folder / "report.html", 1400)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open], .screen)").count() == 0
    assert not page.locator("nav").is_visible()
    page.set_viewport_size({"width": 700, "height": 1000})  # about a page of A4
    over = page.evaluate(
        "[...document.querySelectorAll('table, figure, pre')].filter(e => e.getBoundingClientRect().right > 701).length"
    )
    assert over == 0, "nothing reaches over the edge of the paper"


def test_captions_tell_how_many_animals_there_are(tmp_path: Path) -> None:
    """PPO has fewer animals than others; of so few each is drawn, since a band would mean nothing."""
    pytest.importorskip("stable_baselines3")
    settings = msgspec.structs.replace(small(agents=("reflex", "ppo"), animals=6, shard=6), costly_animals=2)
    store = Store(tmp_path / "out", settings)
    for job in jobs(settings):
        assert isinstance(job, LifeJob)
        rng = np.random.default_rng(sum(map(ord, job.agent)))
        store.write(job, {name: rng.random((job.animals, job.windows)) for name in CURVES})
    drawing = next(drawing for drawing in draw_all(store) if drawing.section == "ages")
    assert "6 animals of each: random, oracle, reflex" in drawing.alt
    assert "2 animals of ppo (points are single animals)" in drawing.alt
    assert "ppo (n = 2)" in drawing.svg
    ppo = next(one for one in drawing.hover["series"] if one["name"].startswith("ppo"))
    assert "low" not in ppo, "no interval of two animals"


def test_tables_sort(browser: Any, reported: Store) -> None:
    page, _ = open_page(browser, reported.folder / "report.html", 1400)
    column = page.locator("#table-1 thead th", has_text="score, grown")
    place = column.evaluate("cell => cell.cellIndex")
    orders = []
    for direction in ("descending", "ascending"):
        column.locator("button").click()
        assert column.get_attribute("aria-sort") == direction
        orders.append(
            [
                float(value)
                for value in page.eval_on_selector_all(
                    "#table-1 tbody tr", f"rows => rows.map(row => row.cells[{place}].dataset.value)"
                )
            ]
        )
    assert orders[0] == sorted(orders[0], reverse=True)
    assert orders[1] == sorted(orders[0])
    assert page.locator("#table-1 tbody tr").count() == 4


def test_report_says_what_is_missing(reported: Store) -> None:
    text = (reported.folder / "report.html").read_text(encoding="utf-8")
    assert "2 parts of this run failed or are missing" in text
    assert "the &lt;b&gt;cage&lt;/b&gt; was open" in text
    assert "No ranking: with 4 animals" in text
    assert text.count("<iframe") == 1, "a player for the agent that learns"
    assert "http://" not in text.replace("http://www.w3.org", "")
    for heading in (
        "In short",
        "Growing up",
        "Where learning takes over",
        "Reward against fitness",
        "Experiments",
        "How to reproduce",
    ):
        assert heading in text


def test_report_of_an_empty_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    text = write_report(store, summarise(store), draw_all(store)).read_text(encoding="utf-8")
    assert "8 parts of this run failed or are missing" in text


def test_a_report_can_be_redrawn_without_running(finished: Store, tmp_path: Path) -> None:
    folder = shutil.copytree(finished.folder, tmp_path / "out")
    command = [
        sys.executable,
        "scripts/benchmark.py",
        "--report-only",
        "--out",
        str(folder),
        "--json",
        "--export",
        "csv",
        "parquet",
    ]
    pytest.importorskip("pyarrow")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(msgspec.json.encode(summarise(finished)))
    names = {path.name for path in folder.iterdir()}
    assert {
        "report.html",
        "summary.json",
        "curves.csv",
        "curves.parquet",
        f"fitness-{WORLD}.png",
        "profile.png",
    } <= names
    assert all(path.stat().st_mode & 0o777 == 0o666 & ~current_umask() for path in folder.glob("*.*"))


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_figures_are_the_same_every_time(finished: Store) -> None:
    assert [drawing.svg for drawing in draw_all(finished)] == [drawing.svg for drawing in draw_all(finished)]


def test_the_users_settings_of_figures_do_not_leak_in(finished: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    plain = draw_all(finished)
    dark = {
        "text.usetex": True,
        "text.color": "white",
        "axes.facecolor": "black",
        "figure.facecolor": "black",
        "font.size": 40,
    }
    with mpl.rc_context(dark):
        assert draw_all(finished) == plain
        assert mpl.rcParams["font.size"] == 40, "the user's own settings are back afterwards"


def test_export_keeps_every_number(finished: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    store = Store.open(shutil.copytree(finished.folder, tmp_path / "out"))
    table, columns = export(store, ("csv", "parquet"))
    rows = list(csv.DictReader(table.open()))
    lives = [job for job in jobs(store.settings) if isinstance(job, LifeJob)]
    assert len(rows) == sum(job.animals * job.windows for job in lives) > 0
    curves = curves_of(finished)
    for row in rows:
        assert float(row["reward"]) == curves[f"{row['agent']} {row['seed']} reward"][int(row["window"])]
    assert parquet.read_table(columns).to_pydict()["reward"] == [float(row["reward"]) for row in rows]


def test_compare_finds_change_and_nothing_else(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "other", small(animals=8, shard=8))
    assert run(store, LocalEngine(2))
    same = compare(finished, store)
    assert {row["verdict"] for row in same["rows"]} == {"identical"}, "shared seeds live the same lives"
    assert any(change.startswith("animals: 4 before, 8 after") for change in same["settings"])

    later = Store(tmp_path / "later", small(seed=1_000_002, animals=2))
    assert run(later, LocalEngine(1))
    assert {row["verdict"] for row in compare(store, later)["rows"]} == {"identical"}, "pairs go by seed, not by place"

    better = Store(tmp_path / "better", small(animals=8, seed=1_000_100, shard=8))
    for mine, theirs in zip(jobs(better.settings), jobs(store.settings), strict=True):
        found = store.read(theirs)
        assert isinstance(mine, LifeJob)
        better.write(mine, found | {"day_fitness": found["day_fitness"] + 50.0 * (mine.agent == "reflex")})
    rows = {(row["agent"], row["quantity"]): row for row in compare(store, better)["rows"]}
    assert rows["reflex", "fitness grown"]["verdict"] == "higher"
    assert not rows["reflex", "fitness grown"]["paired"]
    assert rows["steered", "fitness grown"]["verdict"] == "no change beyond noise"

    with pytest.raises(OtherSettings, match="equal lifetimes only"):
        compare(finished, Store(tmp_path / "long", small(lifetime=4000)))
    with pytest.raises(InvalidArgument, match="no agent in common"):
        compare(finished, Store(tmp_path / "empty", small()))


def test_numbers_read_well() -> None:
    assert show_number(-0.001) == "0.00"
    assert show_number(-0.5) == "\N{MINUS SIGN}0.50"
    assert show_number(float("nan")) == show_number(None) == show_centre(None) == "\N{EN DASH}"
    assert show_centre({"iqm": 1.0, "low": 0.5, "high": 2.0}) == "1.00"
    assert show_bounds({"low": -0.5, "high": 2.0}, 1) == "[\N{MINUS SIGN}0.5, 2.0]"
    assert [show_share(x) for x in (0.02, 0.0667, 0.25, 1.0)] == ["2%", "6.7%", "25%", "100%"]
    assert (show_p(0.0001), show_p(0.0123), show_p(None)) == ("< 0.001", "0.012", "\N{EN DASH}")


def test_a_suite_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'worlds = ["LoomingEscape"]\nagents = ["reflex"]\nanimals = 6\ntuned_on = [[2000000, 2000064]]\n'
        "[lifetime]\nLoomingEscape = 4000\n"
    )
    settings = resolve(read_suite(file))
    assert settings.lifetimes == (4000,)
    assert settings.agents == ("random", "oracle", "reflex")
    for text, error, words in (
        ("animal = 3", UnknownName, "Did you mean 'animals'"),
        ("animals = 'many'", InvalidArgument, "wrong kind.*animals"),
        ("animals = [", InvalidArgument, "not valid TOML"),
        ("purpose = 'fun'", InvalidArgument, "wrong kind"),
    ):
        file.write_text(text)
        with pytest.raises(error, match=words):
            read_suite(file)


def test_the_suites_that_come_with_it_are_sound() -> None:
    for suite in SUITES.values():
        settings = resolve(suite)
        assert np.array([settings.lifetime(world) for world in settings.worlds]).min() > 0
        assert settings.experiments
    assert resolve(SUITES["quick"]).lifetimes < resolve(SUITES["default"]).lifetimes


def test_rules_that_mix_live_where_acts_are_graded() -> None:
    settings = resolve(read_suite(ROOT / "suites" / "hand_over.toml"))
    lives = {(job.world, job.agent) for job in jobs(settings) if isinstance(job, LifeJob)}
    assert ("LoomingEscape", "cortex+residual") in lives
    assert ("Rivals", "cortex+residual") not in lives
    assert ("Rivals", "cortex+urgency") in lives
    with pytest.raises(InvalidArgument, match=r"mixes actions.*which Rivals does not have"):
        resolve(Suite(worlds=("Rivals",), agents=("cortex+residual",)))


def test_lives_are_cut_into_ten_ages_where_they_can_be() -> None:
    for steps, ages in ((400 * 8, 8), (400 * 12, 12), (400 * 20, 10), (400 * 400, 50)):
        assert resolve(Suite(worlds=("Rivals",), lifetime=steps)).windows == (ages,)
    quick = resolve(SUITES["quick"])
    assert all(quick.ages(world) >= LEAST_WINDOWS for world in quick.worlds)


def test_newborn_and_grown_are_played_side_by_side(browser: Any, reported: Store) -> None:
    page, complaints = open_page(browser, reported.folder / "report.html", 1400)
    page.locator("#films").scroll_into_view_if_needed()
    page.locator("iframe").first.scroll_into_view_if_needed()
    frames = [frame for frame in page.frames if frame is not page.main_frame]
    assert frames
    inner = frames[0]
    inner.wait_for_function("window.nestling && nestling.ready()")
    assert inner.locator(".pane canvas.world").evaluate_all("found => found.filter(one => one.offsetParent).length") == 2
    assert not inner.evaluate("nestling.state.playing"), "a page of many players is quiet until it is asked"
    inner.click("#play")
    inner.wait_for_function("nestling.state.place > 2")
    folded = page.locator("details[name=films]").first
    for opened in (False, True):
        folded.locator("summary").click()
        assert folded.evaluate("box => box.open") == opened
    page.wait_for_function("document.querySelector('details[name=films] iframe').offsetHeight > 300")
    assert not complaints


def test_a_damaged_recording_is_told_plainly() -> None:
    packed = np.frombuffer(zlib.compress(b'["{}", "not base64!"]'), np.uint8)
    head, columns = unpacked(packed)
    with pytest.raises(DamagedFile):
        page_of_packed(head, columns, "title")
    for wrong in (packed[:-3], np.zeros(9, np.uint8), np.frombuffer(zlib.compress(bytes(60_000_000)), np.uint8)):
        with pytest.raises(DamagedFile):
            unpacked(wrong)
    head = '{"panels": [{"name": "world"}], "texts": ["</script><b>x"]}'
    assert "</script><b>x" not in page_of_packed(head, "", "title")
