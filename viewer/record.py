"""Recording: frames are streamed to mp4 or gif, or picked into a png filmstrip; a film is written whole or not at all."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import numpy as np

from core.errors import NestlingError, told, unknown_name
from envs.world import World
from viewer.sound import SoundTrack

KINDS = (".mp4", ".gif", ".png")


class CannotRecord(NestlingError, RuntimeError):
    """The encoder is missing or fails, or the file cannot be written."""

    while_working = True


def check_target(path: Path, kinds: tuple[str, ...] = KINDS) -> None:
    """Look before any work is done whether a recording can be written to ``path``.

    Raises:
        UnknownName: the ending is none of ``kinds``.
        CannotRecord: there is no such folder, or it cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in kinds:
        raise unknown_name("recording format", path.suffix or str(path), kinds)
    if not path.parent.is_dir():
        raise CannotRecord(f"There is no folder {path.parent} for the recording; make it first, or choose another.")
    if path.is_dir():
        raise CannotRecord(f"{path} is a folder; add the name of a file, such as {path / f'life{kinds[0]}'}.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):  # what may be written is known for sure only once it has been
            pass
    except OSError as error:
        raise CannotRecord(f"{path} cannot be written ({told(error)}); choose another folder.") from None


def pace(world: World) -> tuple[float, int]:
    """Frames per second of a recording, and steps of the world per frame: real time where there is sound, else 20 steps a second."""
    if "sound_rate" not in world.metadata:
        return 20, 1
    each = max(1, round(1.0 / (25.0 * world.dt)))
    return 1.0 / (each * world.dt), each


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl+C and SIGTERM wait until the block has ended; one that is repeated does not wait.

    Where they come within a frame or at the end of a film, imageio-ffmpeg kills ffmpeg, and the film is lost.
    """
    if threading.current_thread() is not threading.main_thread():  # Python runs signal handlers in its main thread only
        yield
        return
    waiting: list[int] = []
    before: dict[int, Any] = {}

    def wait(number: int, frame: FrameType | None) -> None:
        if number in waiting and callable(before[number]):
            before[number](number, frame)
        waiting.append(number)

    try:
        with contextlib.ExitStack() as after:
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not None:  # None: a handler of another language, which could not be put back
                    before[number] = signal.signal(number, wait)
                    after.callback(signal.signal, number, before[number])
            yield
    finally:
        for asked in dict.fromkeys(waiting):
            signal.raise_signal(asked)


class Recorder:
    """Writes frames (height, width, 3) uint8 to ``path``; use it in a ``with`` statement.

    ``quality`` of an mp4 is from 0 to 10; with a ``sound_rate`` (samples per second) it gets the sound that is added. A ``.png``
    becomes a filmstrip of up to six frames, the last added among them, two in a row. The film takes its name when it is whole, also
    where Ctrl+C ends it; where it cannot be written, a file that had that name before stays as it was.

    Raises:
        UnknownName: the ending is none of .mp4, .gif, .png.
        CannotRecord: there is no encoder, it fails, or the folder is missing or cannot be written.
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
        check_target(self.path)
        self._partial = self.path.with_name(f".{self.path.stem}.{os.getpid()}.partial{self.path.suffix.lower()}")
        self._strip: list[np.ndarray] = []
        self._every = max(1, -(-frames // 6))
        self._count = 0
        self._quality, self._seconds = quality, 1.0 / frames_per_second
        self._gif = io.BytesIO()  # a gif is put together in memory in any case
        self._writer: Any = None
        self._track: SoundTrack | None = None
        try:
            if self.path.suffix.lower() != ".png":
                self._writer = self._open(frames_per_second)
            if sound_rate is not None and self.path.suffix.lower() == ".mp4":
                self._track = SoundTrack(self._partial.with_suffix(".wav"), sound_rate)
        except BaseException as error:
            self._discard()
            raise self._told(error) from None

    def _open(self, rate: float) -> Any:
        import imageio.v2 as imageio

        if self.path.suffix.lower() == ".gif":
            return imageio.get_writer(self._gif, format="gif", mode="I", duration=1000 / rate, loop=0)
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
        return imageio.get_writer(self._partial, fps=rate, codec="libx264", quality=self._quality, macro_block_size=8)

    def add(self, frame: np.ndarray) -> None:
        """Append one frame."""
        if self._writer is not None:
            try:
                with _uninterrupted():
                    self._writer.append_data(frame)
                    self._count += 1
            except Exception as error:
                raise self._told(error) from None
            return
        if self._count % self._every == self._every - 1 or not self._strip:
            self._strip = [*self._strip, frame][-6:]
        self._count += 1

    def add_sound(self, audio: np.ndarray) -> None:
        """Append sound (samples,) in [-1, 1]; only films have sound."""
        if self._track is not None:
            try:
                self._track.add(audio)
            except Exception as error:
                raise self._told(error) from None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        wanted = self._count > 0 and (error is None or isinstance(error, KeyboardInterrupt))
        try:
            if wanted:
                with _uninterrupted():
                    self._finish()
        except Exception as failure:
            raise self._told(failure) from None
        finally:
            self._discard()

    def _finish(self) -> None:
        """Close the film, look whether it is whole, and give it its name."""
        if self._writer is None:
            self._save_strip()
        else:
            self._writer.close()
            if self._gif.tell():
                self._partial.write_bytes(self._gif.getvalue())
            else:
                self._finish_film()
        with open(self._partial, "rb+") as film:
            os.fsync(film.fileno())
        os.replace(self._partial, self.path)

    def _finish_film(self) -> None:
        import imageio_ffmpeg

        if self._track is not None:
            self._track.join(self._partial)
        lasts, wanted = imageio_ffmpeg.count_frames_and_secs(str(self._partial))[1], self._count * self._seconds
        if lasts < 0.9 * wanted - 2.0 * self._seconds:
            raise OSError(f"only {lasts:.1f} of {wanted:.1f} s were written; is the disk full?")

    def _discard(self) -> None:
        """Close what is open and remove what is not whole."""
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            if self._writer is not None:
                self._writer.close()
        if self._track is not None:
            self._track.discard()
        with contextlib.suppress(OSError):
            self._partial.unlink(missing_ok=True)

    def _told(self, error: BaseException) -> BaseException:
        if not isinstance(error, Exception) or isinstance(error, NestlingError):
            return error
        reason = "ffmpeg failed; what it said stands above" if "FFMPEG" in str(error) else told(error)
        return CannotRecord(
            f"{self.path} cannot be recorded: {reason}. For mp4, install ffmpeg or the package "
            "imageio-ffmpeg; or record to .gif or .png, which need neither. A file that had this name before is as it was."
        )

    def _save_strip(self) -> None:
        import imageio.v2 as imageio

        frames = list(self._strip)  # whole, since letters and signs get lost in smaller ones
        while len(frames) % 2 and len(frames) > 1:
            frames.append(np.full_like(frames[0], 255))
        rows = [np.concatenate(frames[i : i + 2], axis=1) for i in range(0, len(frames), 2)]
        imageio.imwrite(self._partial, np.concatenate(rows, axis=0))
