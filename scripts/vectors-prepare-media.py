"""Writes what Pillow, SciPy and librosa make of small images, sounds and sensor series.

Usage: python3 scripts/vectors-prepare-media.py [FOLDER]   (default: vectors/prepare/media)
Needs the packages of scripts/requirements-prepare.txt.

    image.json    { sources: { name: { height, width, channels, values } }, cases: [{ source, kernel, height, width,
                  values }], floats: the same from images of float32, letterbox, grey }
    audio.json    tapers, resampled series, and the features of librosa of two sounds, frames in rows
    decode.json   encoded images and what Pillow decodes of them, by which the difference of decoders is known
    sensor.json   Butterworth sections and what they make of a series, Savitzky-Golay, medians

Bytes are base64; other numbers have 12 significant digits, those of sounds 8.
"""

import base64
import io
import json
import pathlib
import sys

import librosa
import numpy as np
import scipy.signal
from PIL import Image, ImageOps

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "vectors/prepare/media")
RNG = np.random.default_rng(7)
KERNELS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}


def numbers(array):
    return [float(f"{value:.12g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.uint8).tobytes()).decode()


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


def picture(height, width, channels):
    """Edges, a slope and noise: what rounding and ringing show on."""
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for c in range(channels):
        plane = 128 + 100 * np.sin((x * (c + 1) + 2 * y) / 5) + RNG.normal(0, 30, (height, width))
        plane[(x // 4 + y // 3 + c) % 5 == 0] = 255 * (c % 2)
        planes.append(plane)
    return np.clip(np.round(np.stack(planes, -1)), 0, 255).astype(np.uint8)


def images():
    sources = {"colour": picture(23, 31, 3), "grey": picture(17, 12, 1), "opacity": picture(9, 11, 4)}
    cases, floats = [], []
    sizes = {"colour": [(7, 9), (23, 10), (40, 31), (31, 44)], "grey": [(5, 20), (17, 3)]}
    for source, targets in sizes.items():
        pixels = sources[source]
        image = Image.fromarray(pixels if pixels.shape[2] > 1 else pixels[:, :, 0])
        for name, kernel in KERNELS.items():
            for height, width in targets:
                made = np.asarray(image.resize((width, height), kernel))
                cases.append(
                    dict(source=source, kernel=name, height=height, width=width, values=packed(made))
                )
                if source == "grey" and name != "nearest":
                    plane = Image.fromarray(pixels[:, :, 0].astype(np.float32), mode="F")
                    made = np.asarray(plane.resize((width, height), kernel))
                    floats.append(
                        dict(source=source, kernel=name, height=height, width=width, values=numbers(made))
                    )
    colour = Image.fromarray(sources["colour"])
    padded = [
        dict(height=h, width=w, values=packed(ImageOps.pad(colour, (w, h), Image.Resampling.BICUBIC)))
        for h, w in [(16, 16), (12, 25), (25, 12)]
    ]
    write(
        "image.json",
        dict(
            sources={
                name: dict(height=p.shape[0], width=p.shape[1], channels=p.shape[2], values=packed(p))
                for name, p in sources.items()
            },
            cases=cases,
            floats=floats,
            letterbox=padded,
            grey=packed(colour.convert("L")),
        ),
    )


def decoded():
    """Smooth, as photos are, with one hard edge: what chroma at half the resolution shows on."""
    y, x = np.mgrid[0:30, 0:44]
    planes = [128 + 90 * np.sin(x / (7 + 3 * c) + y / (9 - 2 * c) + c) for c in range(3)]
    pixels = np.stack(planes, -1)
    pixels[10:20, 15:30] = [220, 40, 60]
    image = Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8))
    ways = {
        "png": ("PNG", {}),
        "webp lossless": ("WEBP", dict(lossless=True)),
        "webp": ("WEBP", dict(quality=80)),
        "jpeg 4:4:4": ("JPEG", dict(quality=90, subsampling=0)),
        "jpeg 4:2:0": ("JPEG", dict(quality=90, subsampling=2)),
        "jpeg 4:2:0 progressive": ("JPEG", dict(quality=75, subsampling=2, progressive=True)),
        "jpeg grey": ("JPEG", dict(quality=90)),
    }
    cases = []
    for name, (kind, options) in ways.items():
        stream = io.BytesIO()
        (image.convert("L") if "grey" in name else image).save(stream, kind, **options)
        made = Image.open(io.BytesIO(stream.getvalue())).convert("RGB")
        cases.append(dict(name=name, file=base64.b64encode(stream.getvalue()).decode(), values=packed(made)))
    write("decode.json", dict(height=30, width=44, cases=cases))


def sound(rate, length):
    t = np.arange(length) / rate
    chirp = 0.5 * np.sin(2 * np.pi * (200 + 900 * t) * t) + 0.2 * np.sin(2 * np.pi * 3000 * t)
    return np.round(chirp * np.minimum(1, 4 * t) + RNG.normal(0, 0.02, length), 4)


def audio():
    tapers = []
    for taper in ["boxcar", "bartlett", "hann", "hamming", "blackman", "blackmanharris", ("kaiser", 8.6)]:
        for length in (1, 2, 9, 16):
            for periodic in (True, False):
                values = scipy.signal.get_window(taper, length, fftbins=periodic)
                name = dict(kaiser=taper[1]) if isinstance(taper, tuple) else taper.replace("boxcar", "rectangular")
                tapers.append(dict(taper=name, length=length, periodic=periodic, values=numbers(values)))
    series = sound(8000, 301)
    resampled = [
        dict(
            rates=[a, b],
            kaiser=beta,
            values=numbers(scipy.signal.resample_poly(series, b, a, window=("kaiser", beta))),
        )
        for a, b, beta in [(44100, 16000, 5.0), (8000, 16000, 5.0), (48000, 16000, 8.6), (3, 2, 5.0), (7, 11, 5.0)]
    ]
    cases = []
    for rate, length, options in [
        (8000, 1500, dict(size=256, hop=128)),
        (16000, 1900, dict(size=400, hop=160, scale="htk", norm=None, mels=26, reflect=True)),
        (8000, 1200, dict(size=256, hop=100, taper="hamming", taper_size=200, centred=False, mels=32)),
    ]:
        y = sound(rate, length)
        if length == 1900:
            y[800:1500] = 0
        size, hop, mels = options["size"], options["hop"], options.get("mels", 40)
        centred = options.get("centred", True)
        pad = "reflect" if options.get("reflect") else "constant"
        cut = dict(n_fft=size, hop_length=hop, center=centred, pad_mode=pad)
        tapered = dict(win_length=options.get("taper_size"), window=options.get("taper", "hann"))
        power = np.abs(librosa.stft(y, **cut, **tapered)) ** 2
        bank = librosa.filters.mel(
            sr=rate,
            n_fft=size,
            n_mels=mels,
            htk=options.get("scale") == "htk",
            norm=options.get("norm", "slaney"),
            dtype=np.float64,
        )
        mel = bank @ power
        log = librosa.power_to_db(mel)
        mfcc = librosa.feature.mfcc(S=log, n_mfcc=13)
        framed = dict(frame_length=size, hop_length=hop, center=centred)
        magnitude = np.sqrt(power)
        frames = [0, power.shape[1] // 2, power.shape[1] - 1]
        features = dict(
            power=power[:, frames],
            mel=mel,
            logMel=log,
            mfcc=mfcc,
            mfccDelta=librosa.feature.delta(mfcc),
            mfccDelta2=librosa.feature.delta(mfcc, order=2),
            rms=librosa.feature.rms(y=y, **framed),
            zeroCrossing=librosa.feature.zero_crossing_rate(y, **framed),
            centroid=librosa.feature.spectral_centroid(S=magnitude, sr=rate, n_fft=size),
            rolloff=librosa.feature.spectral_rolloff(S=magnitude, sr=rate, n_fft=size),
        )
        cases.append(
            dict(
                rate=rate,
                options={**options, "mels": mels, "norm": options.get("norm", "slaney") or "none"},
                samples=numbers(y),
                frames=power.shape[1],
                powerFrames=frames,
                bank=numbers(bank.sum(axis=0)),
                features={name: [float(f"{v:.8g}") for v in values.T.ravel()] for name, values in features.items()},
            )
        )
    write("audio.json", dict(tapers=tapers, series=numbers(series), resampled=resampled, sounds=cases))


def sensor():
    series = np.round(np.cumsum(RNG.normal(0, 0.3, 110)) + 9.81 + np.sin(np.arange(110) / 3), 6)
    filters = []
    for order, kind, cutoff, rate in [
        (1, "lowpass", 0.3, 50),
        (2, "lowpass", 5, 50),
        (3, "lowpass", 20, 50),
        (4, "highpass", 0.5, 50),
        (5, "highpass", 3, 100),
        (3, "bandpass", [0.5, 15], 50),
        (2, "bandstop", [9, 11], 50),
        (8, "lowpass", 10, 100),
    ]:
        sections = scipy.signal.butter(order, cutoff, kind, fs=rate, output="sos")
        start = scipy.signal.sosfilt_zi(sections) * series[0]
        settled, _ = scipy.signal.sosfilt(sections, series, zi=start)
        frequencies = np.linspace(0, rate / 2, 9)
        _, response = scipy.signal.sosfreqz(sections, frequencies, fs=rate)
        filters.append(
            dict(
                order=order,
                kind=kind,
                cutoff=cutoff,
                rate=rate,
                sections=numbers(sections),
                response=numbers(np.abs(response)),
                zero=numbers(scipy.signal.sosfilt(sections, series)),
                settled=numbers(settled),
            )
        )
    golay = [
        dict(
            size=size,
            degree=degree,
            derivative=derivative,
            spacing=spacing,
            values=numbers(scipy.signal.savgol_filter(series, size, degree, derivative, spacing)),
            last=numbers(
                scipy.signal.savgol_coeffs(size, degree, derivative, spacing, pos=size - 1, use="dot")
            ),
        )
        for size, degree, derivative, spacing in [(5, 2, 0, 1), (11, 3, 0, 1), (9, 4, 1, 0.02), (13, 5, 2, 0.5)]
    ]
    medians = []
    for size in (1, 3, 4, 7):
        padded = np.concatenate([np.full(size - 1, series[0]), series])
        medians.append(
            dict(size=size, values=numbers(np.median(np.lib.stride_tricks.sliding_window_view(padded, size), axis=1)))
        )
    write("sensor.json", dict(series=numbers(series), filters=filters, golay=golay, medians=medians))


images()
decoded()
audio()
sensor()
