"""Labels of syllables as people's tools write them: tables (CSV, Raven, AVN, crowsetta), Audacity's tracks and Praat's TextGrids."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import NestlingError, told

_COLUMNS = {
    "onset": ("onset_s", "onset", "onsets", "start", "start_s", "start_time", "begin", "tmin", "begin time (s)"),
    "offset": ("offset_s", "offset", "offsets", "end", "end_s", "end_time", "stop", "stop_s", "tmax", "end time (s)"),
    "label": ("label", "labels", "syllable", "text", "annotation", "name"),
    "file": (
        "file",
        "files",
        "filename",
        "file_name",
        "audio_file",
        "audio_path",
        "wav",
        "notated_path",
        "begin file",
        "begin path",
    ),
}
"""Names under which tools write what is needed, in lower case; the first that a table has is taken."""
_IGNORED = frozenset(
    """
    |unnamed: 0|index|bird|bird_id|individual|duration|durations|comment|comments|selection|view|channel|low freq (hz)|high freq (hz)
    |delta time (s)|file offset (s)|end file|onset_sample|offset_sample|annot_path|sequence|tier|cluster
    """.replace("\n    ", "").split("|")
)
_OVERLAP = 0.01  # s by which syllables of one bird may overlap where labels were set by hand
_OTHERWISE = "Give a table with the columns onset_s, offset_s and label, and file where it serves several recordings"


class BadLabels(NestlingError, ValueError):
    """Labels that cannot be read, or that do not say what they are of."""


@dataclass(frozen=True)
class Label:
    """One syllable: seconds from the start of the recording, its name, and where it stands in the file of labels."""

    onset: float
    offset: float
    name: str
    place: str


def read_labels(path: Path, recording: str, tier: str | None = None) -> list[Label]:
    """Labels of one recording, sorted by onset.

    Args:
        path: of a table with named columns (commas, semicolons or tabs), an Audacity label track, or a Praat TextGrid.
        recording: name of the sound file, by which rows are chosen where the table serves several.
        tier: of a TextGrid that has several.

    Raises:
        BadLabels: the file cannot be read, a column is missing, unknown or there twice, a row has no times, or nothing is labelled.
    """
    if not path.is_file():
        raise BadLabels(f"There is no file of labels at {path}.")
    if path.suffix.lower() == ".textgrid":
        found = _textgrid(path, tier)
    else:
        text = _text_of(path)
        found = _audacity(text, path) if _is_audacity(text) else list(_table(text, path, recording))
    if not found:
        raise BadLabels(f"{path} labels nothing in {recording}.")
    found.sort(key=lambda label: (label.onset, label.offset))
    for one, other in itertools.pairwise(found):
        if other.onset < one.offset - _OVERLAP:
            raise BadLabels(
                f"In {path} {one.place} ({one.onset:g} to {one.offset:g} s) and {other.place} (from {other.onset:g} s) overlap. If it "
                "serves several recordings, name them in a column called file."
            )
    return found


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").lstrip("\n")
        return text.split("\n", 1)[-1] if re.match(r"sep=.\n", text) else text  # what Excel puts before a table
    except UnicodeDecodeError as error:
        raise BadLabels(f"{path} is not text in UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8.") from None


def _number(text: str | None, comma: bool) -> float | None:
    try:
        return float((text or "").strip().replace(",", "." if comma else ",").replace("_", "?"))  # Python reads 1_0 as 10
    except ValueError:
        return None


def _times(onset: str | None, offset: str | None, place: str, path: Path, comma: bool) -> tuple[float, float]:
    begin, end = _number(onset, comma), _number(offset, comma)
    if begin is None or end is None:
        raise BadLabels(f"In {path} {place} has no number as onset or offset: {onset!r}, {offset!r}.")
    return begin, end


# -- tables ----------------------------------------------------------------------------------------


def _table(text: str, path: Path, recording: str) -> Iterator[Label]:
    first = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadLabels(f"{path} cannot be read as a table ({told(error)}). {_OTHERWISE}.") from None
    names = [name.strip() for name in rows[0]] if rows else []
    chosen = _columns(names, path)
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise BadLabels(
                f"In {path} line {line} has {len(row)} cells, but there are {len(names)} columns; are decimals written with commas, "
                "or is there a label with an unquoted comma?"
            )
        cells = {what: row[column].strip() for what, column in chosen.items()}
        place = f"line {line}"
        if "file" in cells:
            if not cells["file"]:
                raise BadLabels(
                    f"In {path} {place} names no file, though the table has the column {names[chosen['file']]}."
                )
            if not _is_of(cells["file"], recording):
                continue
        onset, offset = _times(cells["onset"], cells["offset"], place, path, comma=delimiter != ",")
        yield Label(onset, offset, cells.get("label", ""), place)


def _columns(names: list[str], path: Path) -> dict[str, int]:
    """What is needed -> number of its column; every column is either known or refused by name."""
    folded = [name.casefold() for name in names]
    chosen: dict[str, int] = {}
    known = set(_IGNORED)
    for what, spellings in _COLUMNS.items():
        there = [spelling for spelling in spellings if spelling in folded]
        known |= set(spellings if what == "label" else there[:1])
        if there:
            chosen[what] = folded.index(there[0])
        if there and folded.count(there[0]) > 1:
            raise BadLabels(f"{path} has the column {names[chosen[what]]} twice; keep one.")
    missing = [what for what in ("onset", "offset") if what not in chosen]
    if missing:
        raise BadLabels(
            f"{path} needs a column for the {missing[0]} of syllables; it has {', '.join(names)}. {_OTHERWISE}."
        )
    foreign = [name for name, lower in zip(names, folded, strict=True) if lower not in known]
    if foreign:
        raise BadLabels(
            f"{path} has the column {foreign[0]}, of which it is not clear what it says. Call it file if it names recordings, or "
            f"remove it. {_OTHERWISE}."
        )
    return chosen


def _is_of(cell: str, recording: str) -> bool:
    """Whether a cell names the recording: with or without folders, with or without its ending."""
    name = cell.replace("\\", "/").rsplit("/", 1)[-1]
    return name == recording or name == Path(recording).stem


# -- Audacity --------------------------------------------------------------------------------------


def _is_audacity(text: str) -> bool:
    """Whether it is a label track: lines of onset, offset and label, without names of columns."""
    cells = text.split("\n", 1)[0].split("\t")
    return len(cells) in (2, 3) and all(_number(cell, comma=True) is not None for cell in cells[:2])


def _audacity(text: str, path: Path) -> list[Label]:
    found = []
    for line, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.startswith("\\"):  # a backslash begins the frequencies of the label above
            continue
        cells = [*row.split("\t"), "", ""]
        place = f"line {line}"
        onset, offset = _times(cells[0], cells[1], place, path, comma=True)
        found.append(Label(onset, offset, cells[2].strip(), place))
    return found


# -- Praat -----------------------------------------------------------------------------------------


def _textgrid(path: Path, tier: str | None) -> list[Label]:
    from praatio import textgrid
    from praatio.data_classes.interval_tier import IntervalTier

    try:
        grid = textgrid.openTextgrid(str(path), includeEmptyIntervals=False, reportingMode="silence")
        tiers = {name: grid.getTier(name) for name in grid.tierNames}
    except OSError:
        raise
    except Exception as error:  # the reader raises what it likes where a file is no TextGrid
        raise BadLabels(f"{path} cannot be read as a TextGrid ({told(error)}). Save it again from Praat.") from None
    intervals = {name: found for name, found in tiers.items() if isinstance(found, IntervalTier)}
    if tier is None and len(intervals) == 1:
        tier = next(iter(intervals))
    if tier not in intervals:
        named = ", ".join(intervals) or "none"
        raise BadLabels(f"{path} has the interval tiers {named}; say which one holds the syllables, with tier=.")
    entries = enumerate(intervals[tier].entries, 1)
    return [Label(entry.start, entry.end, entry.label.strip(), f"interval {n}") for n, entry in entries]
