"""Writes vectors/prepare/numbers: what scikit-learn, SciPy and zoneinfo make of numbers, for the transforms of learn.

Run it with Python and the packages of scripts/requirements-prepare.txt; it gives the same files each time.
"""

import datetime
import json
import pathlib
import warnings
import zoneinfo

import numpy as np
from scipy import stats
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.ensemble import IsolationForest
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator, SimpleImputer
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

warnings.filterwarnings("ignore")
OUT = pathlib.Path(__file__).parent.parent / "vectors" / "prepare" / "numbers"
OUT.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)
ROWS, COLUMNS = 40, 5


def table(gaps):
    X = random.normal(size=(ROWS, COLUMNS)) * [1, 30, 0.01, 1, 5] + [0, 100, 1, 3, -2]
    X[:, 1] = np.exp(random.normal(size=ROWS))
    X[:, 3] = random.integers(0, 6, size=ROWS)
    X[:, 4] += 2 * X[:, 0] - X[:, 3]
    if gaps:
        X[random.random(X.shape) < 0.12] = np.nan
    return X


def plain(values):
    """Rows of numbers as JSON has them, to 13 digits: NaN is null."""
    return [[None if np.isnan(v) else float(f"{v:.13g}") for v in row] for row in np.asarray(values, dtype=float)]


# What is written is what is computed with.
X, gappy, later = (np.array(plain(table(gaps)), dtype=float) for gaps in (False, True, True))
cases = []


def case(kind, options, estimator, rows, extra=None, gaps=None):
    fitted = estimator.fit(rows)
    cases.append(
        {
            "kind": kind,
            "options": options,
            "rows": "gappy" if rows is gappy else "X",
            "expected": plain(fitted.transform(rows)),
            "later": plain(fitted.transform(later if rows is gappy else X[::-1, : rows.shape[1]] * 1.5)),
            **(extra(fitted) if extra else {}),
        }
    )


case("standardScaler", {}, StandardScaler(), gappy)
case("standardScaler", {"withMean": False}, StandardScaler(with_mean=False), gappy)
case("standardScaler", {"withStd": False}, StandardScaler(with_std=False), gappy)
case("minMaxScaler", {}, MinMaxScaler(), gappy)
case("minMaxScaler", {"featureRange": [-1, 3], "clip": True}, MinMaxScaler((-1, 3), clip=True), gappy)
case("maxAbsScaler", {}, MaxAbsScaler(), gappy)
case("robustScaler", {}, RobustScaler(), gappy)
case(
    "robustScaler",
    {"quantileRange": [10, 80], "unitVariance": True, "withCentering": False},
    RobustScaler(quantile_range=(10, 80), unit_variance=True, with_centering=False),
    gappy,
)
for quantiles in (7, 1000):
    for distribution in ("uniform", "normal"):
        case(
            "quantileTransformer",
            {"nQuantiles": quantiles, "outputDistribution": distribution},
            QuantileTransformer(n_quantiles=quantiles, output_distribution=distribution, subsample=None),
            gappy,
        )
for norm in ("l1", "l2", "max"):
    case("normalizer", {"norm": norm}, Normalizer(norm), X)
for strategy in ("mean", "median", "most_frequent", "constant"):
    options = {"fill_value": -7} if strategy == "constant" else {}
    case(
        "simpleImputer",
        {"strategy": strategy, **({"fillValue": -7} if strategy == "constant" else {})},
        SimpleImputer(strategy=strategy, **options),
        gappy,
    )
case("missingIndicator", {}, MissingIndicator(error_on_new=False), gappy)
for weights in ("uniform", "distance"):
    case("knnImputer", {"nNeighbors": 3, "weights": weights}, KNNImputer(n_neighbors=3, weights=weights), gappy)
for order in ("ascending", "descending", "roman", "arabic"):
    case(
        "iterativeImputer",
        {"imputationOrder": order},
        IterativeImputer(imputation_order=order),
        gappy,
    )
case(
    "iterativeImputer",
    {"initialStrategy": "median", "minValue": -1, "maxValue": 4, "maxIter": 3, "skipComplete": True},
    IterativeImputer(initial_strategy="median", min_value=-1, max_value=4, max_iter=3, skip_complete=True),
    gappy,
)
for strategy in ("uniform", "quantile", "kmeans"):
    for encode in ("ordinal", "onehot-dense"):
        for method in ("averaged_inverted_cdf", "linear") if strategy == "quantile" else ("linear",):
            case(
                "kBinsDiscretizer",
                {"nBins": 4, "strategy": strategy, "encode": encode.removesuffix("-dense"), "quantileMethod": method},
                KBinsDiscretizer(4, encode=encode, strategy=strategy, quantile_method=method, subsample=None),
                X,
                lambda fitted: {"edges": [list(map(float, edges)) for edges in fitted.bin_edges_]},
            )
for options in ({}, {"degree": 3, "interaction_only": True, "include_bias": False}):
    names = {"interaction_only": "interactionOnly", "include_bias": "includeBias"}
    case(
        "polynomialFeatures",
        {names.get(key, key): value for key, value in options.items()},
        PolynomialFeatures(**options),
        X[:, :3] if options else X,
        lambda fitted: {"names": list(fitted.get_feature_names_out([f"c{i}" for i in range(fitted.n_features_in_)])), "width": fitted.n_features_in_},
    )

powers = []
for method in ("yeo-johnson", "box-cox"):
    for standardize in (True, False):
        rows = np.array(plain(np.abs(X) + 0.1)) if method == "box-cox" else gappy
        fitted = PowerTransformer(method=method, standardize=standardize).fit(rows)
        powers.append(
            {
                "method": method,
                "standardize": standardize,
                "rows": plain(rows),
                "lambda": list(map(float, fitted.lambdas_)),
                "mean": list(map(float, fitted._scaler.mean_)) if standardize else [0.0] * COLUMNS,
                "scale": list(map(float, fitted._scaler.scale_)) if standardize else [1.0] * COLUMNS,
                "expected": plain(fitted.transform(rows)),
            }
        )

# Far from 0: the answer in exact arithmetic.
from fractions import Fraction  # noqa: E402

offset = [1e9 + 1e-3 * float(value) for value in random.normal(size=500)]
exact = [Fraction(value) for value in offset]
mean = sum(exact) / len(exact)
variance = sum((value - mean) ** 2 for value in exact) / len(exact)
scale = float(variance) ** 0.5
far = {"values": offset, "expected": [float(value - mean) / scale for value in exact]}

column = gappy[:, 4]
known = column[~np.isnan(column)]
q1, q3 = np.percentile(known, [25, 75])
median, mad = np.median(known), stats.median_abs_deviation(known, scale="normal")
outliers = {
    "values": plain([column])[0],
    "bounds": {
        "zscore": [known.mean() - 1.5 * known.std(), known.mean() + 1.5 * known.std()],
        "iqr": [q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)],
        "mad": [median - 1.5 * mad, median + 1.5 * mad],
    },
    "zscores": [float(z) for z in stats.zscore(known)],
}

normal = {"p": [1e-300, 1e-20, 1e-7, 0.01, 0.075, 0.2, 0.5, 0.61, 0.925, 0.999, 1 - 1e-10]}
normal["x"] = [float(stats.norm.ppf(p)) for p in normal["p"]]

calendar = []
for zone in ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"):
    info = zoneinfo.ZoneInfo(zone)
    for seconds in [0, 951782399, 951782400, 1711846799, 1711846800, 1729990799, 1729990800, 1325239199, 1325239200] + [
        int(value) for value in random.integers(0, 2_100_000_000, size=30)
    ]:
        local = datetime.datetime.fromtimestamp(seconds, info)
        calendar.append(
            [zone, seconds, local.year, local.month, local.day, local.timetuple().tm_yday, local.isocalendar().week]
            + [local.weekday(), local.hour, local.minute, local.second]
        )

forest_rows = np.round(np.vstack([random.normal(size=(200, 2)), [[6, 6], [-7, 5], [8, -8]]]), 6)
forest = IsolationForest(n_estimators=200, contamination=3 / 203, random_state=0).fit(forest_rows)
isolation = {
    "rows": plain(forest_rows),
    "anomalous": [int(row) for row in np.flatnonzero(forest.predict(forest_rows) == -1)],
    "scores": [float(score) for score in -forest.score_samples(forest_rows)],
}


def write(name, value):
    text = json.dumps(value, separators=(",", ":")) + "\n"
    (OUT / f"{name}.json").write_text(text)
    print(name, len(text))


write("rows", {"X": plain(X), "gappy": plain(gappy), "later": plain(later)})
write("transform", cases)
write("power", powers)
write("statistic", {"far": far, "outliers": outliers, "normal": normal})
write("calendar", calendar)
write("isolation", isolation)
