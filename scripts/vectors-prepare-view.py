"""Writes vectors/prepare/view/pandas.json: what pandas says of rows that a feature view folds.

Run it with Python and the packages of scripts/requirements-prepare.txt; it gives the same file each time. Every row asks of
itself. Windows are (time - length, time], as views have them.
"""

import json
import pathlib

import numpy as np
import pandas as pd

OUT = pathlib.Path(__file__).parent.parent / "vectors" / "prepare" / "view"
OUT.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(11)
ROWS = 90

rows = pd.DataFrame(
    {
        "key": random.choice(["ann", "bob", "eve"], size=ROWS),
        # No two rows of one time: pandas orders those as they lie.
        "time": np.sort(random.choice(5000, size=ROWS, replace=False)) * 10,
        "x": np.round(random.normal(size=ROWS) * 100, 3),
        "level": random.integers(0, 5, size=ROWS),
    }
)
rows.loc[random.choice(ROWS, size=9, replace=False), "x"] = np.nan
answers = {}


def answer(name, of_key):
    """What a function says of the rows of each key, in the order of the file."""
    parts = [of_key(group) for _, group in rows.groupby("key")]
    column = pd.concat(parts).reindex(rows.index)
    answers[name] = [None if np.isnan(value) else float(value) for value in column.astype(float)]


def window(group, column, length):
    own = group[[column]].set_axis(pd.to_datetime(group["time"], unit="ms"))[column]
    return own.rolling(length, closed="right", min_periods=1) if length else own.expanding(min_periods=1)


def slid(function, column, length):
    return lambda group: pd.Series(function(window(group, column, length)).to_numpy(), index=group.index)


def known(shifted):
    """Shifts over the rows that have a value; a row without one sees the value of the row before it."""
    return lambda group: shifted(group["x"].dropna()).reindex(group.index, method="ffill")


for length in ["1s", "5s", None]:
    suffix = length or "ever"
    for share in [0, 0.1, 0.5, 0.75, 1]:
        answer(f"x_q{round(100 * share)}_{suffix}", slid(lambda over, q=share: over.quantile(q), "x", length))
    answer(f"x_median_{suffix}", slid(lambda over: over.median(), "x", length))
    answer(f"level_median_{suffix}", slid(lambda over: over.median(), "level", length))
    answer(f"level_distinct_{suffix}", slid(lambda over: over.apply(lambda part: part.nunique()), "level", length))
for back in [1, 3]:
    answer(f"x_lag{back}_ever", known(lambda values, k=back: values.shift(k)))
    answer(f"x_diff{back}_ever", known(lambda values, k=back: values.diff(k)))
    answer(f"level_lag{back}_ever", lambda group, k=back: group["level"].shift(k))
    answer(f"level_diff{back}_ever", lambda group, k=back: group["level"].diff(k))

source = {
    "key": rows["key"].tolist(),
    "time": rows["time"].tolist(),
    "x": [None if np.isnan(value) else float(value) for value in rows["x"]],
    "level": rows["level"].tolist(),
}
text = json.dumps({"rows": source, "answers": answers}, separators=(",", ":")) + "\n"
(OUT / "pandas.json").write_text(text)
print("pandas", len(text))
