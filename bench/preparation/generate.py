"""Data of the preparation bench: generate.py <case> <folder> <rows>. The same arguments give the same bytes."""

import os
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NAME, FOLDER, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3])
RANDOM = np.random.default_rng(7)


def write(name, columns):
    pq.write_table(pa.table(columns), os.path.join(FOLDER, name), row_group_size=131_072)


def table():
    columns = {}
    for at in range(30):
        values = RANDOM.normal(10 * at, 1 + at, ROWS)
        columns[f"n{at}"] = pa.array(values, mask=RANDOM.random(ROWS) < 0.05)
    for at in range(10):
        names = np.array([f"c{at}_{k}" for k in range(5 + 4 * at)])
        columns[f"c{at}"] = pa.array(names[RANDOM.integers(0, len(names), ROWS)])
    write("table.parquet", columns)


def events():
    people = RANDOM.integers(0, 10_000, ROWS).astype(np.int32)
    # Thirty days in microseconds, each instant once.
    gaps = RANDOM.integers(1, max(2, 2 * 30 * 86_400_000_000 // ROWS), ROWS)
    times = 1_700_000_000_000_000 + np.cumsum(gaps)
    values = RANDOM.normal(0, 1, ROWS)
    write("events.parquet", {"person": people, "time": pa.array(times, pa.timestamp("us")), "value": values})
    return times


def windows():
    events()


def join():
    times = events()
    count = max(1, ROWS // 100)
    at = np.sort(RANDOM.integers(times[0], times[-1], count))
    people = RANDOM.integers(0, 10_000, count).astype(np.int32)
    write("labels.parquet", {"person": people, "time": pa.array(at, pa.timestamp("us"))})


def tfidf():
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(RANDOM.choice(list(letters), RANDOM.integers(2, 10))) for _ in range(50_000)]
    shares = 1 / np.arange(1, len(words) + 1)
    shares /= shares.sum()
    lengths = RANDOM.integers(5, 36, ROWS)
    drawn = RANDOM.choice(len(words), lengths.sum(), p=shares)
    ends = np.cumsum(lengths)
    texts = [" ".join(words[w] for w in drawn[end - length : end]) for end, length in zip(ends, lengths)]
    write("texts.parquet", {"text": texts})


def information():
    label = RANDOM.integers(0, 2, ROWS)
    columns = {f"x{at}": RANDOM.normal(0, 1, ROWS) + label * (at % 10) / 10 for at in range(200)}
    write("columns.parquet", {**columns, "label": label.astype(np.int32)})


def signals():
    time = np.arange(128) / 50
    rate = RANDOM.uniform(0.5, 5, (ROWS, 1, 6))
    series = np.sin(2 * np.pi * rate * time[None, :, None]) + RANDOM.normal(0, 0.3, (ROWS, 128, 6))
    series.astype(np.float32).tofile(os.path.join(FOLDER, "windows.f32"))


def photos():
    from PIL import Image

    for at in range(ROWS):
        small = RANDOM.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        picture = Image.fromarray(small).resize((1280, 960), Image.Resampling.BICUBIC)
        picture.save(os.path.join(FOLDER, f"{at:05}.jpg"), quality=90)


CASES = [table, windows, join, tfidf, information, signals, photos]
{case.__name__: case for case in CASES}[NAME]()
