"""What a run on fooled niches found, in sentences and in a table for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmark.fooled.settings import REFLEX, WHOLE, measured, named, parts_of
from benchmark.report.numbers import show_both, show_share
from benchmark.report.terminal import plain_table
from envs.registration import niche_of

_TONE = {"fooled": "bad", "holds": "good", "undecided": "open"}


def main_arm(row: dict[str, Any]) -> str | None:
    """The arm that stands for a niche: the whole animal, or else the first that learns."""
    learns = [arm for arm in row["arms"] if arm != REFLEX]
    return WHOLE if WHOLE in learns else learns[0] if learns else None


def in_short(niche: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    """A niche's outcome as (tone, sentence)."""
    if "problem" in row:
        return [("open", f"Not measured: {row['problem']}.")]
    arm = main_arm(row)
    if arm is None:
        return []
    found, who = row["arms"][arm], named(arm)
    words = {
        "fooled": "is fooled here: what the {who} does earns reward that is not worth its fitness",
        "holds": "holds here",
        "undecided": "may be fooled here; more animals would tell",
    }[found["verdict"]]
    lines = [(_TONE[found["verdict"]], f"Steering {words.format(who=who)}. Gap {show_both(found['gap'])}.")]
    beside, reward = found["beside_reflex"], found["reward_beside_reflex"]
    if beside["high"] < 0.0 < reward["low"]:
        lines.append(
            (
                "bad",
                f"Learning makes the animal worse than its reflexes, {show_both(beside)} in fitness, while reward rises.",
            )
        )
    elif beside["low"] > 0.0:
        lines.append(("good", f"Learning still pays: fitness is {show_both(beside)} above that of the reflexes."))
    if found["onset"] is not None:
        told = f"The gap is open from {show_share(found['onset'])} of life"
        after = {"yes": "and closes when the niche becomes honest", "no": "and stays open when the niche becomes honest"}
        lines.append(
            ("open", f"{told} {after.get(found['recovers'], '')}".rstrip() + f" (gap then {show_both(found['recovery'])}).")
        )
    if not row["reflex"]["same"]:
        more = show_both(row["reflex"]["difference"], 3)
        lines.append(("bad", f"The pair is not matched: the reward of the reflexes differs by {more} between the two."))
    return lines


def meaning(niche: str) -> str:
    """What is there, in one sentence."""
    found = niche_of(*parts_of(niche))
    return f"{found.meaning[0].upper()}{found.meaning[1:]}."


def niche_table(found: dict[str, Any], console: Console) -> Table:
    """The main arm of every niche, for a terminal of 80 columns."""
    table = plain_table("fooled niches", ["niche", "verdict", "gap [95% interval]", "fitness lost", "same reward"])
    for niche, row in found["niches"].items():
        arm = None if "problem" in row else main_arm(row)
        if arm is None:
            table.add_row(escape(niche), escape(row.get("problem", "-")), "-", "-", "-")
            continue
        one = row["arms"][arm]
        colour = {"fooled": "red", "holds": "green", "undecided": "default"}[one["verdict"]]
        table.add_row(
            escape(niche.replace("/", ": ")),
            f"[{colour}]{one['verdict']}[/]",
            escape(show_both(one["gap"])),
            escape(show_both(one["lost"])),
            "yes" if row["reflex"]["same"] else "no",
        )
    return table


def count_in_words(found: dict[str, Any]) -> str:
    """How many niches fool and how many hold, as a sentence."""
    rows = measured(found)
    verdicts = [row["arms"][arm]["verdict"] for row in rows.values() if (arm := main_arm(row)) is not None]
    told = ", ".join(f"{verdicts.count(word)} {word}" for word in ("fooled", "holds", "undecided") if word in verdicts)
    count = "1 niche" if len(verdicts) == 1 else f"{len(verdicts)} niches"
    return f"{count}: {told}" if told else "no niche was measured"
