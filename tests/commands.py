"""Commands, run in the process of the tests where a process of their own would show nothing more and cost seconds."""

import importlib
import signal
import sys
from typing import Any

import pytest

from scripts.common import fail_plainly


def refusal(script: str, *arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> str:
    """What ``scripts/script.py`` says on wrong usage."""
    command = importlib.import_module(f"scripts.{script}")
    monkeypatch.setattr(sys, "argv", [f"scripts/{script}.py", *arguments])
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # signals stay the tests' own
    assert fail_plainly(command.main, command.Args, command.__doc__) == 2
    return capsys.readouterr().err
