"""Of each event the last hour of its person, and sums of each hour."""

import os


def pandas_sides(path):
    import pandas as pd

    def run(events):
        rolled = events.set_index("time").groupby("person")["value"].rolling("1h").agg(["count", "mean", "max"])
        hours = events.groupby(["person", events["time"].dt.floor("h")])["value"].sum()
        return rolled, hours

    def digest(result):
        rolled, hours = result
        return sums(rolled["count"], rolled["mean"], rolled["max"], hours)

    return (lambda: pd.read_parquet(path)), run, digest


def polars_sides(path):
    import polars as pl

    def run(events):
        rolled = events.rolling("time", period="1h", group_by="person").agg(
            pl.len().alias("count"), pl.col("value").mean().alias("mean"), pl.col("value").max().alias("max")
        )
        hours = events.group_by("person", pl.col("time").dt.truncate("1h")).agg(pl.col("value").sum())
        return rolled, hours

    def digest(result):
        rolled, hours = result
        return sums(rolled["count"], rolled["mean"], rolled["max"], hours["value"])

    # Known to be in order of time, as the file is.
    return (lambda: pl.read_parquet(path).set_sorted("time")), run, digest


def sums(count, mean, maximum, hours):
    return {
        "events": len(count),
        "counts": count.sum(),
        "means": abs(mean).sum(),
        "maxima": abs(maximum).sum(),
        "hours": len(hours),
        "hourSums": abs(hours).sum(),
    }


def sides(library, folder, rows):
    path = os.path.join(folder, "events.parquet")
    return {"pandas": pandas_sides, "polars": polars_sides}[library](path)
