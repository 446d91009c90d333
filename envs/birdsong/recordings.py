"""Sound files as a tutor's song: read, checked in words, one channel chosen, and hum taken off."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from core.arguments import Whole
from core.errors import NestlingError
from envs.birdsong.syrinx import RATE

_LONGEST_FILE, _SHORTEST_FILE = 120.0, 0.1  # s
_SLOWEST_RATE = 16_000  # samples per second, below which song is cut off
_LEAST_PEAK = 10 ** (-60 / 20)  # of full scale
_CLIPPED = 0.001  # share of samples at the peak from which a recording is called clipped
_HUM = 300.0  # Hz below which nothing is song: the lowest pitch that is heard is 380 Hz; mains and wind are below
_SAME = 0.95  # correlation from which two channels hold the same sound
_LOUDER = 10.0  # times the power above hum, from which an unchosen channel is pointed out


class BadRecording(NestlingError, ValueError):
    """A sound file or its labels that cannot serve as a tutor's song."""


def read_audio(path: str | Path, channel: int | None = None) -> np.ndarray:
    """(samples,) float64 at 44.1 kHz, peak 1, without what is below 300 Hz.

    Args:
        path: a file that libsndfile reads (WAV, RF64, FLAC ...): any rate from 16 kHz, up to 2 minutes.
        channel: which one to hear, from 1; None hears the first, and warns where others hold something else.

    Raises:
        BadRecording: unreadable, silent, too quiet, too short or too long.
        InvalidArgument: there is no such channel.
    """
    import librosa

    channels, rate = _read(Path(path))
    chosen = _chosen(channels, rate, channel, path)
    audio = _cleaned(chosen, rate)
    peak = float(np.abs(audio).max())
    if peak < _LEAST_PEAK:
        louder = _louder_channel(channels, rate) if channel is None else None
        remedy = "amplify the recording" if louder is None else f"channel {louder} is louder: give channel={louder}"
        raise BadRecording(f"{path} is silent or too quiet (peak {peak:.2g} of full scale); {remedy}.")
    if np.mean(np.abs(chosen) > 0.999 * np.abs(chosen).max()) > _CLIPPED:
        warnings.warn(f"{path} is clipped: loud notes will be heard as noisier than they were.", stacklevel=2)
    return librosa.resample(audio / peak, orig_sr=rate, target_sr=RATE) if rate != RATE else audio / peak


def _read(path: Path) -> tuple[np.ndarray, int]:
    """(samples, channels) float64, and samples per second."""
    import soundfile

    if not path.is_file():
        raise BadRecording(f"There is no sound file at {path}.")
    try:
        info = soundfile.info(str(path))
        seconds = info.frames / max(1, info.samplerate)
        if info.frames == 0 and path.stat().st_size > 1000:
            raise BadRecording(
                f"The header of {path} says that it holds no sound, though it has {path.stat().st_size:,} bytes: the recording was not "
                "closed in order. Open it in an editor as raw data, or repair its header, and export it again."
            )
        if seconds > _LONGEST_FILE:
            raise BadRecording(f"{path} lasts {seconds:.0f} s; cut it to the song, at most {_LONGEST_FILE:.0f} s.")
        audio, rate = soundfile.read(str(path), dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, TypeError) as error:  # TypeError: raw data without a rate
        raise BadRecording(f"{path} cannot be read as sound ({error}). Give a WAV or FLAC file.") from None
    if rate < _SLOWEST_RATE:
        raise BadRecording(f"{path} has {rate} samples a second; song needs at least {_SLOWEST_RATE}.")
    if len(audio) < _SHORTEST_FILE * rate:
        raise BadRecording(f"{path} holds only {len(audio) / rate:.3f} s of sound; a motif needs at least 0.1 s.")
    if not np.isfinite(audio).all():
        raise BadRecording(f"{path} holds samples that are not finite numbers; export it again.")
    return audio, int(rate)


def _chosen(channels: np.ndarray, rate: int, channel: int | None, path: str | Path) -> np.ndarray:
    count = channels.shape[1]
    if channel is not None:
        chosen = channels[:, Whole(1, count).check(f"channel of {path}", channel) - 1]
    else:
        chosen = channels[:, 0]
        others = [number for number in range(2, count + 1) if not _same(chosen, channels[:, number - 1])]
        if others:
            warnings.warn(
                f"{path} has {count} channels that differ; channel 1 is heard. If the song is on another one, say so, for example "
                f"channel={_louder_channel(channels, rate) or others[0]}.",
                stacklevel=2,
            )
    return chosen


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    one, other = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return norm > 0.0 and float((one * other).sum()) / norm > _SAME


def _louder_channel(channels: np.ndarray, rate: int) -> int | None:
    """The number of the channel with most power above hum, where it has far more than the first."""
    power = [float((_cleaned(channels[:, number], rate) ** 2).mean()) for number in range(channels.shape[1])]
    loudest = int(np.argmax(power))
    return loudest + 1 if power[loudest] > _LOUDER * power[0] else None


def _cleaned(audio: np.ndarray, rate: int) -> np.ndarray:
    """Without its offset and what is below 300 Hz, which would pass for pitch; forward and backward, so that nothing is shifted."""
    from scipy import signal

    return signal.sosfiltfilt(signal.butter(4, _HUM, "highpass", fs=rate, output="sos"), audio - audio.mean())
