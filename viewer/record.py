"""Recording: frames are streamed to mp4 or gif, or picked into a png filmstrip; the file is whole even when interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import numpy as np

from core.errors import NestlingError, unknown_name
from envs.world import World
from viewer.sound import SoundTrack

KINDS = (".mp4", ".gif", ".png")


def check_ending(path: Path) -> None:
    """Raise :class:`core.errors.UnknownName` unless the file's ending is one that can be recorded."""
    if Path(path).suffix.lower() not in KINDS:
        raise unknown_name("recording format", Path(path).suffix or str(path), KINDS)


def pace(world: World) -> tuple[float, int]:
    """Frames per second of a recording, and steps of the world per frame: real time where there is sound, else 20 steps a second."""
    if "sound_rate" not in world.metadata:
        return 20, 1
    each = max(1, round(1.0 / (25.0 * world.dt)))
    return 1.0 / (each * world.dt), each


class CannotRecord(NestlingError, RuntimeError):
    """The encoder is missing or the file cannot be written."""


class Recorder:
    """Writes frames (height, width, 3) uint8 to ``path``; use it in a ``with`` statement.

    ``quality`` of an mp4 is from 0 to 10; with a ``sound_rate`` (samples per second) it gets the sound that is added. A ``.png``
    becomes a filmstrip of up to six frames, the last added among them, two in a row.

    Raises:
        UnknownName: the ending is none of .mp4, .gif, .png.
        CannotRecord: there is no encoder, or the folder cannot be written.
    """

    def __init__(
        self,
        path: Path,
        frames_per_second: float = 20,
        frames: int = 0,
        sound_rate: int | None = None,
        quality: float = 7.0,
    ) -> None:
        self.path = Path(path)
        check_ending(self.path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = self.path.with_name(f".{self.path.stem}.partial{self.path.suffix.lower()}")
        self._strip: list[np.ndarray] = []
        self._every = max(1, -(-frames // 6))
        self._count = 0
        self._quality = quality
        self._writer = None if self.path.suffix.lower() == ".png" else self._open(frames_per_second)
        heard = sound_rate is not None and self.path.suffix.lower() == ".mp4"
        track = self.path.with_name(f".{self.path.stem}.partial.wav")
        self._track = SoundTrack(track, sound_rate) if heard and sound_rate else None

    def _open(self, rate: float):
        import imageio.v2 as imageio

        try:
            if self.path.suffix.lower() == ".gif":
                return imageio.get_writer(self._partial, mode="I", duration=1000 / rate, loop=0)
            import imageio_ffmpeg

            imageio_ffmpeg.get_ffmpeg_exe()
            return imageio.get_writer(self._partial, fps=rate, codec="libx264", quality=self._quality, macro_block_size=8)
        except (ImportError, RuntimeError, OSError) as error:
            raise CannotRecord(
                f"{self.path} cannot be recorded: {error}. For mp4, install ffmpeg or the package imageio-ffmpeg; "
                "or record to .gif or .png, which need neither."
            ) from None

    def add(self, frame: np.ndarray) -> None:
        """Append one frame."""
        if self._writer is not None:
            self._writer.append_data(frame)
        elif self._count % self._every == self._every - 1 or not self._strip:
            self._strip = [*self._strip, frame][-6:]
        self._count += 1

    def add_sound(self, audio: np.ndarray) -> None:
        """Append sound (samples,) in [-1, 1]; only films have sound."""
        if self._track is not None:
            self._track.add(audio)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._writer is not None:
            self._writer.close()
            if self._track is not None:
                self._track.join(self._partial if self._count else None)
        elif self._strip:
            self._save_strip()
        if self._partial.exists():
            os.replace(self._partial, self.path)

    def _save_strip(self) -> None:
        import imageio.v2 as imageio

        frames = [frame[::2, ::2] for frame in self._strip] if len(self._strip) > 1 else self._strip
        while len(frames) % 2 and len(frames) > 1:
            frames.append(np.full_like(frames[0], 255))
        rows = [np.concatenate(frames[i : i + 2], axis=1) for i in range(0, len(frames), 2)]
        imageio.imwrite(self._partial, np.concatenate(rows, axis=0))
