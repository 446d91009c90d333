"""Tables for a terminal: what does not fit beside the rest is left out, never cut off."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmark.report.numbers import show_rounded

_WIDE = 140  # columns of a terminal that shows everything


def world_table(world: str, rows: dict[str, dict[str, Any]], console: Console) -> Table:
    """The agents of one world; in a narrow terminal only what says most."""
    wide = console.width >= _WIDE
    heads = ["agent", "n", "score grown", "minus reflex"]
    heads += ["fitness grown", "in charge", "deaths / 1000", "overtakes at"] if wide else ["in\ncharge", "deaths\n/ 1000"]
    table = plain_table(world, heads)
    for agent, row in rows.items():
        named = agent if row["status"] == "complete" else f"{agent} ({row['status']})"
        if not row["animals"]:
            table.add_row(escape(named), "0", *["-"] * (len(heads) - 2))
            continue
        share, deaths, overtakes = row["learner_share_grown"], row["deaths"], row["overtakes_reflex_at"]
        cells = [_range(row.get("score_grown")), _range(row.get("grown_minus_reflex"))]
        if wide:
            cells += [*map(_range, (row["fitness_grown"], share, deaths)), "-" if overtakes is None else f"{overtakes:,}"]
        else:
            cells += [_range(share, bounds=False), _range(deaths, bounds=False)]
        table.add_row(escape(named), str(row["animals"]), *cells)
    return table


def experiments_table(entries: Iterable[dict[str, Any]], console: Console, claims: bool = False) -> Table:
    """Outcomes of experiments; with what they claim where there is room for it, or below each outcome."""
    wide = claims and console.width >= _WIDE
    heads = ["id", "holds", "statistic [95% interval]", "n"]
    table = plain_table("experiments", [*heads, "claim"] if wide else heads)
    table.columns[-1].overflow = "fold"
    for entry in entries:
        told = [escape(entry["claim"])] if wide else []
        if entry["holds"] is None:
            table.add_row(entry["id"], entry["status"], "-", str(entry["n"]), *told)
            continue
        low, high = entry["interval"]
        number = escape(f"{entry['statistic']:.3g} [{low:.3g}, {high:.3g}]")
        verdict = "[green]yes[/]" if entry["holds"] else "undecided" if entry.get("undecided") else "[red]no[/]"
        table.add_row(entry["id"], verdict, number, str(entry["n"]), *told)
    return table


def comparison_table(found: Sequence[dict[str, Any]], title: str, console: Console) -> Table:
    """Differences between two runs; in a narrow terminal without the two means."""
    wide = console.width >= _WIDE
    heads = ["quantity", "difference [95% interval]", "p", "verdict"]
    heads = ["world", "agent", "quantity", "before", "after", *heads[1:]] if wide else heads
    table = plain_table(title, heads)
    last = None
    for row in found:
        if not wide and (row["world"], row["agent"]) != last:
            last = row["world"], row["agent"]
            table.add_row(f"[bold]{escape(' '.join(last))}[/]", "", "", "")
        colour = {"higher": "green", "lower": "red"}.get(row["verdict"], "dim")
        means = [row["world"], row["agent"], row["quantity"], f"{row['before']:.3g}", f"{row['after']:.3g}"]
        cells = [*(means if wide else [f"  {row['quantity']}"]), _range(row), f"{row['p_corrected']:.3f}"]
        table.add_row(*cells, f"[{colour}]{row['verdict']}[/]")
    return table


def plain_table(title: str, heads: Sequence[str]) -> Table:
    """A table without lines, whose first column is never broken."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for number, head in enumerate(heads):
        table.add_column(escape(head), justify="left" if number == 0 or head == "claim" else "right", overflow="fold")
    table.columns[0].no_wrap = True
    return table


def _range(value: dict[str, Any] | None, bounds: bool = True) -> str:
    if value is None:
        return "-"
    centre = value.get("iqm", value.get("mean"))
    if centre is None or not math.isfinite(centre):
        return "-"
    if not bounds:
        return show_rounded(centre)
    return (
        escape(f"{show_rounded(centre)} [{show_rounded(value['low'])}, {show_rounded(value['high'])}]")
        if math.isfinite(value["low"])
        else show_rounded(centre)
    )
