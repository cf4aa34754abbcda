"""Impute with the mean, standardise, one-hot."""

import os

NUMBERS = [f"n{at}" for at in range(30)]
NAMES = [f"c{at}" for at in range(10)]


def pandas_sides(path):
    import pandas as pd

    def run(frame):
        numbers = frame[NUMBERS]
        filled = numbers.fillna(numbers.mean())
        scaled = (filled - filled.mean()) / filled.std(ddof=0)
        return pd.concat([scaled, pd.get_dummies(frame[NAMES], prefix_sep="=")], axis=1)

    def digest(made):
        return sums(made.shape[1], made["n3"], made["n7"], made["n8"], made["c3=c3_2"])

    return (lambda: pd.read_parquet(path)), run, digest


def polars_sides(path):
    import polars as pl

    def run(frame):
        filled = frame.with_columns(pl.col(NUMBERS).fill_null(strategy="mean"))
        scaled = filled.with_columns((pl.col(NUMBERS) - pl.col(NUMBERS).mean()) / pl.col(NUMBERS).std(ddof=0))
        return scaled.to_dummies(NAMES, separator="=")

    def digest(made):
        columns = [made[name].to_numpy() for name in ["n3", "n7", "n8", "c3=c3_2"]]
        return sums(made.width, *columns)

    return (lambda: pl.read_parquet(path)), run, digest


def sklearn_sides(path):
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    def run(frame):
        numbers = make_pipeline(SimpleImputer(), StandardScaler())
        joined = ColumnTransformer([("n", numbers, NUMBERS), ("c", OneHotEncoder(), NAMES)])
        return joined, joined.fit_transform(frame)

    def digest(result):
        joined, made = result
        names = list(joined.get_feature_names_out())
        picked = [made[:, names.index(name)] for name in ["n__n3", "n__n7", "n__n8", "c__c3_c3_2"]]
        dense = [(one.toarray() if hasattr(one, "toarray") else one).ravel() for one in picked]
        return sums(made.shape[1], *dense)

    return (lambda: pd.read_parquet(path)), run, digest


def sums(width, first, second, third, hot):
    return {
        "width": width,
        "absolute": abs(first).sum(),
        "squares": (second * second).sum(),
        "cubes": abs(third**3).sum(),
        "hot": hot.sum(),
    }


def sides(library, folder, rows):
    path = os.path.join(folder, "table.parquet")
    return {"pandas": pandas_sides, "polars": polars_sides, "sklearn": sklearn_sides}[library](path)
