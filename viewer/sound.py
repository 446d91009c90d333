"""Sound: played while watching, and laid under recordings, for worlds that can be heard."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.pygame_check import import_pygame


class Speaker:
    """Plays one animal's voice; ``broken`` says in words why nothing can be heard, or is None.

    Args:
        rate: samples per second.
    """

    def __init__(self, rate: int) -> None:
        self.rate, self.muted = rate, False
        self.broken: str | None = None
        pygame = import_pygame()
        try:
            with _quiet_library():
                pygame.mixer.init(rate, -16, 1, 1024)
        except pygame.error as error:
            self.broken = f"no sound ({error}); everything else goes on"

    @property
    def heard(self) -> bool:
        """Whether what it plays can be heard."""
        return self.broken is None and not self.muted

    def play(self, audio: np.ndarray) -> None:
        """Play audio (samples,) in [-1, 1], in place of what is still playing."""
        if self.heard and audio.size:
            mixer: Any = import_pygame().mixer
            samples = (32_767 * np.clip(audio, -1.0, 1.0)).astype(np.int16)
            channels = mixer.get_init()[2]
            mixer.stop()
            mixer.Sound(np.ascontiguousarray(np.repeat(samples[:, None], channels, axis=1))).play()

    def close(self) -> None:
        """Give the device back."""
        if self.broken is None:
            import_pygame().mixer.quit()


@contextlib.contextmanager
def _quiet_library() -> Iterator[None]:
    """Keep what the sound library writes to the terminal about missing devices to itself; the viewer says it in one sentence."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class SoundTrack:
    """A WAV file beside a recording, written as it goes, and joined with the pictures at the end.

    Args:
        path: of the WAV file.
        rate: samples per second.
    """

    def __init__(self, path: Path, rate: int) -> None:
        import soundfile

        self.path = path
        self._file = soundfile.SoundFile(path, "w", rate, 1, "PCM_16")

    def add(self, audio: np.ndarray) -> None:
        """Append audio (samples,) in [-1, 1]."""
        self._file.write(np.clip(audio, -1.0, 1.0))

    def discard(self) -> None:
        """Close and remove the WAV file."""
        with contextlib.suppress(OSError, RuntimeError):
            self._file.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def join(self, pictures: Path) -> None:
        """Put the sound into the mp4 file ``pictures``, and remove the WAV file.

        Where that fails the pictures stay as they are, mute, and a warning says so.
        """
        import imageio_ffmpeg

        self._file.close()
        joined = pictures.with_name(f"{pictures.stem}.joined.mp4")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(pictures), "-i", str(self.path)]
        command += ["-c:v", "copy", "-c:a", "aac", "-b:a", "128k", str(joined)]
        try:
            subprocess.run(
                command,
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                start_new_session=True,  # Ctrl+C in a terminal reaches everything of its session
            )
            joined.replace(pictures)
        except (OSError, subprocess.CalledProcessError) as error:
            warnings.warn(f"The recording stays mute: its sound could not be joined to it ({error}).", stacklevel=2)
        finally:
            joined.unlink(missing_ok=True)
            self.discard()
