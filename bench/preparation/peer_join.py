"""For each label the last value of its person that is not later."""

import os


def pandas_sides(folder):
    import pandas as pd

    def load():
        return [pd.read_parquet(os.path.join(folder, name)) for name in ["events.parquet", "labels.parquet"]]

    def run(loaded):
        events, labels = loaded
        return pd.merge_asof(labels, events, on="time", by="person")

    def digest(joined):
        found = joined["value"].notna()
        return {"rows": len(joined), "found": found.sum(), "values": joined["value"].abs().sum()}

    return load, run, digest


def polars_sides(folder):
    import polars as pl

    def load():
        paths = [os.path.join(folder, name) for name in ["events.parquet", "labels.parquet"]]
        return [pl.read_parquet(path).set_sorted("time") for path in paths]

    def run(loaded):
        events, labels = loaded
        return labels.join_asof(events, on="time", by="person")

    def digest(joined):
        values = joined["value"]
        return {"rows": len(joined), "found": values.is_not_null().sum(), "values": values.abs().sum()}

    return load, run, digest


def ways(library, folder, rows):
    """From files to the result, planned by polars, by each of its engines."""
    import polars as pl

    events, labels = [
        pl.scan_parquet(os.path.join(folder, name)).set_sorted("time")
        for name in ["events.parquet", "labels.parquet"]
    ]
    joined = labels.join_asof(events, on="time", by="person")
    return {"lazy": lambda: joined.collect(engine="in-memory"), "streaming": lambda: joined.collect(engine="streaming")}


def sides(library, folder, rows):
    return {"pandas": pandas_sides, "polars": polars_sides}[library](folder)
