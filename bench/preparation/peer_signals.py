"""Statistics and band powers of windows, float32, a few thousand windows at a time."""

import os

EDGES = [1, 2, 4, 8, 12, 16, 24, 32, 64]


def sides(library, folder, rows):
    import numpy as np
    import scipy.fft

    taper = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(128) / 128)).astype(np.float32)[None, :, None]

    def load():
        return np.fromfile(os.path.join(folder, "windows.f32"), np.float32).reshape(rows, 128, 6)

    def features(windows):
        mean = windows.mean(axis=1)
        centred = windows - mean[:, None]
        steps = np.diff(windows, axis=1)
        statistics = [
            mean,
            np.log(np.sqrt((centred**2).mean(axis=1) + 1e-8) + 1e-3),
            windows.max(axis=1),
            windows.min(axis=1),
            np.log(np.sqrt((steps**2).mean(axis=1) + 1e-12) + 1e-3),
            np.abs(centred).mean(axis=1),
        ]
        waves = scipy.fft.rfft(centred * taper, axis=1)
        power = (waves.real**2 + waves.imag**2) / 128
        bands = [np.log(power[:, low:high].sum(axis=1) + 1e-4) for low, high in zip(EDGES, EDGES[1:])]
        return np.concatenate(statistics + bands, axis=1)

    def run(windows):
        out = np.empty((len(windows), 14 * 6), np.float32)
        for start in range(0, len(windows), 4096):
            out[start : start + 4096] = features(windows[start : start + 4096])
        return out

    def digest(made):
        return {"width": made.shape[1], "rows": made.shape[0], "sum": np.abs(made.astype(np.float64)).sum()}

    return load, run, digest
