"""Writes vectors/prepare/select/*.json: what scikit-learn, SciPy and pandas answer about the choice of columns.

Usage: python3 scripts/vectors-prepare-select.py [--data FOLDER] [DIRECTORY]

DIRECTORY is vectors/prepare/select beside this script's parent by default. With --data, a folder with the public data sets
(adult, online-shoppers, optdigits, uci-har, elec2), data-set.json is written too; without it that file is left as it is.
"""

import argparse
import gzip
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from scipy import special, stats
from scipy.stats.contingency import association
from sklearn import feature_selection as fs
from sklearn.feature_selection._mutual_info import _compute_mi_cc, _compute_mi_cd
from sklearn.linear_model import Lasso, LogisticRegression, lasso_path
from sklearn.metrics import mutual_info_score
from sklearn.model_selection import KFold

warnings.filterwarnings("ignore")


def plain(value):
    """JSON without NaN: null."""
    if isinstance(value, dict):
        return {key: plain(own) for key, own in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(own) for own in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    return value


def rows_of(seed, rows=150, digits=6):
    """Columns of all kinds: informative, repeated, correlated, whole, nearly constant, noise; three classes and a number."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 3, rows)
    base = random.normal(size=(rows, 4))
    X = np.column_stack(
        [
            base[:, 0] + 0.9 * y,
            base[:, 1] - 0.5 * (y == 1),
            base[:, 0] + 0.9 * y + 0.05 * random.normal(size=rows),
            -2 * base[:, 1] + 0.3 * random.normal(size=rows) + 100,
            # Few values: of a value with at most 2 k rows scikit-learn's distances are rounded (brute force), and decide.
            np.minimum(random.poisson(1 + y), 4),
            random.integers(0, 4, rows),
            random.normal(size=rows) * 1e-3,
            np.exp(random.normal(size=rows)),
            (random.random(rows) < 0.3 + 0.2 * y) * 1.0,
            random.normal(size=rows),
        ]
    )
    X = np.round(X, digits)
    target = np.round(X[:, 0] - 0.4 * X[:, 1] + 0.2 * X[:, 7] + random.normal(size=rows), digits)
    return X, y, target


def distribution():
    f = [(3.2, 2, 27), (500, 9, 3813), (0.01, 1, 1e5), (40, 1, 1e5), (1.5, 300, 400), (1e-9, 3, 5), (2.2, 1, 1)]
    f += [(900, 2, 32558), (1.01, 5000, 60000), (7000, 1, 40), (12, 0.5, 3.5)]
    c = [(3.841, 1), (900, 1), (1000, 900), (5, 9), (101000, 1e5), (0.02, 3), (25, 25), (1e-7, 2), (60, 4.5)]
    b = [(15, 20, 0.5), (1, 20, 0.5), (20, 20, 0.5), (48, 50, 0.3), (500, 1000, 0.5)]
    t = [(2.1, 12), (-0.3, 4), (30, 200)]
    return {
        "f": [[*a, special.fdtrc(a[1], a[2], a[0])] for a in f],
        "chiSquared": [[*a, special.chdtrc(a[1], a[0])] for a in c],
        "binomial": [[*a, stats.binom.sf(a[0] - 1, a[1], a[2])] for a in b],
        "student": [[*a, 2 * stats.t.sf(abs(a[0]), a[1])] for a in t],
    }


def score():
    # All digits: of rounded numbers distances are equal, and scikit-learn's noise would decide.
    X, y, target = rows_of(1, digits=17)
    counts = np.abs(np.round(X * 4))
    whole = [4, 5, 8]
    own = np.arange(X.shape[1])
    discrete = np.isin(own, whole)
    tied = np.round(X[:, [0, 1, 7]], 1)
    noise = 1e-9 * np.random.default_rng(5).normal(size=tied.shape)
    f, fp = fs.f_classif(X, y)
    c, cp = fs.chi2(counts, y)
    r, rp = fs.f_regression(X, target)
    return {
        "X": X,
        "counts": counts,
        "y": y,
        "target": target,
        "discrete": whole,
        "fClassif": {"score": f, "pValue": fp},
        "chi2": {"score": c, "pValue": cp},
        "fRegression": {"score": r, "pValue": rp},
        "rRegression": {"score": np.abs(fs.r_regression(X, target)), "pValue": rp},
        "mutualInfoClassif": {"score": fs.mutual_info_classif(X, y, discrete_features=discrete, random_state=0)},
        "mutualInfoRegression": {
            "score": fs.mutual_info_regression(X, target, discrete_features=discrete, random_state=0)
        },
        "neighbours5": {
            "score": fs.mutual_info_classif(
                X, y, discrete_features=discrete, n_neighbors=5, random_state=0
            )
        },
        # Tied columns with the noise written down: the estimators alone.
        "noisy": {
            "x": (tied + noise).T,
            "classes": [_compute_mi_cd(x, y, 3) for x in (tied + noise).T],
            "pairs": [
                _compute_mi_cc((tied + noise)[:, i], (tied + noise)[:, j], 3) for i, j in [(0, 1), (0, 2), (1, 2)]
            ],
        },
        # Ties left as they are: whole numbers.
        "ties": {"classes": _compute_mi_cd(X[:, 4].copy(), y, 3), "pair": _compute_mi_cc(X[:, 4], X[:, 5], 3)},
    }


def correlation():
    X, y, target = rows_of(2, 60)
    holes = X.copy()
    random = np.random.default_rng(3)
    holes[random.random(X.shape) < 0.1] = np.nan
    kinds = ["pearson", "spearman", "kendall"]
    a = np.digitize(X[:, 0], [-0.5, 0.5, 1.5])
    b = X[:, 5].astype(int)
    table = pd.crosstab(a, b).to_numpy()
    groups = [X[y == k, 0] for k in range(3)]
    between = sum(len(g) * (g.mean() - X[:, 0].mean()) ** 2 for g in groups)
    n, (r, k) = table.sum(), table.shape
    phi = stats.chi2_contingency(table, correction=False)[0] / n
    corrected = max(0, phi - (r - 1) * (k - 1) / (n - 1))
    fewer = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    chi = stats.chi2_contingency(table, correction=False)
    return {
        "X": holes,
        "y": y,
        "full": {kind: pd.DataFrame(X).corr(kind).to_numpy().ravel() for kind in kinds},
        "holes": {kind: pd.DataFrame(holes).corr(kind).to_numpy().ravel() for kind in kinds},
        "whole": X,
        "codes": {"a": a, "b": b},
        "cramersV": {
            "v": association(table, method="cramer"),
            "corrected": np.sqrt(corrected / fewer),
            "chiSquared": chi[0],
            "pValue": chi[1],
        },
        "correlationRatio": np.sqrt(between / ((X[:, 0] - X[:, 0].mean()) ** 2).sum()),
    }


def standardised(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def mrmr(X, y, k, scheme):
    """FCQ and FCD, written down once more."""
    F = fs.f_classif(X, y)[0]
    size = np.abs(np.corrcoef(X.T))
    taken = [int(np.argmax(F))]
    while len(taken) < k:
        shared = size[:, taken].mean(axis=1)
        value = F / np.maximum(shared, 1e-3) if scheme == "quotient" else F - shared
        value[taken] = -np.inf
        taken.append(int(np.argmax(value)))
    return taken


def select():
    X, y, target = rows_of(1)
    Z = standardised(X)
    folds = list(KFold(4).split(X))
    logistic = LogisticRegression(C=0.5, tol=1e-10, max_iter=10000)
    kept = lambda selector, *labels: selector.fit(X, *labels).get_support(indices=True)
    rfe = fs.RFE(logistic, n_features_to_select=3).fit(Z, y)
    rfe_wide = fs.RFE(logistic, n_features_to_select=2, step=3).fit(Z, y)
    rfecv = fs.RFECV(logistic, cv=folds, scoring="neg_log_loss").fit(Z, y)
    sequential = {
        direction: fs.SequentialFeatureSelector(
            logistic, n_features_to_select=4, direction=direction, cv=folds, scoring="neg_log_loss"
        )
        .fit(Z, y)
        .get_support(indices=True)
        for direction in ["forward", "backward"]
    }
    alphas, coefficients, _ = lasso_path(Z, target - target.mean(), n_alphas=12, eps=1e-2, tol=1e-12)
    lasso = Lasso(alpha=0.05, tol=1e-12, max_iter=100000).fit(X, target)
    saga = lambda labels, C: LogisticRegression(
        C=C, l1_ratio=1, solver="saga", tol=1e-11, max_iter=200000
    ).fit(Z, labels)
    two, three = saga((y > 0).astype(int), 0.1), saga(y, 0.1)
    return {
        "X": X,
        "y": y,
        "target": target,
        "folds": [{"train": train, "test": test} for train, test in folds],
        "variance": {
            str(threshold): kept(fs.VarianceThreshold(threshold)) for threshold in [0.0, 0.3, 1.0]
        },
        "variances": X.var(axis=0),
        "kBest": kept(fs.SelectKBest(fs.f_classif, k=4), y),
        "percentile": kept(fs.SelectPercentile(fs.f_classif, percentile=33), y),
        "fpr": kept(fs.SelectFpr(fs.f_classif, alpha=0.2), y),
        "fdr": kept(fs.SelectFdr(fs.f_classif, alpha=0.2), y),
        "fwe": kept(fs.SelectFwe(fs.f_regression, alpha=0.05), target),
        "rfe": rfe.ranking_,
        "rfeWide": rfe_wide.ranking_,
        "rfecv": {
            "kept": rfecv.get_support(indices=True),
            "columns": rfecv.cv_results_["n_features"],
            "loss": -rfecv.cv_results_["mean_test_score"],
        },
        "sequential": sequential,
        "mrmr": {scheme: mrmr(X, y, 6, scheme) for scheme in ["quotient", "difference"]},
        "lassoPath": {"alphas": alphas, "coefficients": coefficients.T},
        "lasso": {"coefficients": lasso.coef_, "intercept": lasso.intercept_},
        "l1Two": {"coefficients": two.coef_, "intercept": two.intercept_},
        "l1Three": {"coefficients": three.coef_, "intercept": three.intercept_},
    }


def one_hot(frame, column):
    return {f"{column}={value}": (frame[column] == value).to_numpy(float) for value in sorted(frame[column].unique())}


def adult(folder):
    names = (
        "age workclass fnlwgt education education-num marital-status occupation relationship race sex "
        "capital-gain capital-loss hours-per-week native-country income"
    ).split()
    frame = pd.read_csv(folder / "adult" / "adult.data.gz", header=None, names=names, skipinitialspace=True, comment="|")
    columns = {}
    for name in names[:-1]:
        if frame[name].dtype.kind in "if":
            columns[name] = frame[name].to_numpy(float)
        else:
            columns |= one_hot(frame, name)
    return columns, (frame["income"] == ">50K").to_numpy(int)


def shoppers(folder):
    frame = pd.read_csv(folder / "online-shoppers" / "online_shoppers_intention.csv.gz")
    columns = {}
    for name in frame.columns[:-1]:
        if name in ["Month", "VisitorType"]:
            columns |= one_hot(frame, name)
        else:
            columns[name] = frame[name].to_numpy(float)
    return columns, frame["Revenue"].to_numpy(int)


def digits(folder):
    table = np.loadtxt(folder / "optdigits" / "optdigits.tra.gz", delimiter=",")
    return {f"p{at}": table[:, at] for at in range(64)}, table[:, 64].astype(int)


def har(folder):
    with gzip.open(folder / "uci-har" / "signals_train.f32.gz") as file:
        signals = np.frombuffer(file.read(), "<f4").reshape(-1, 128, 9).astype(float)
    meta = pd.read_csv(folder / "uci-har" / "meta_train.csv")
    steps = np.abs(np.diff(signals, axis=1)).mean(axis=1)
    parts = {
        "mean": signals.mean(axis=1),
        "std": signals.std(axis=1),
        "min": signals.min(axis=1),
        "max": signals.max(axis=1),
        "size": np.abs(signals).mean(axis=1),
        "step": steps,
    }
    columns = {f"{part}{channel}": own[:, channel] for part, own in parts.items() for channel in range(9)}
    return columns, meta["label"].to_numpy() - 1


def elec(folder):
    frame = pd.read_csv(folder / "elec2" / "elec2.csv.gz")
    columns = {name: frame[name].to_numpy(float) for name in frame.columns[:-1] if name != "nswprice"}
    for name in ["nswprice", "nswdemand", "vicprice", "vicdemand"]:
        for lag in [1, 2, 3, 48, 96, 336]:
            columns[f"{name}-{lag}"] = frame[name].shift(lag).to_numpy(float)
    return {name: own[336:] for name, own in columns.items()}, frame["nswprice"].to_numpy(float)[336:]


def ranked(names, scores):
    scores = np.nan_to_num(scores, nan=-np.inf, posinf=1e300)
    return [names[at] for at in np.argsort(-scores, kind="stable")[:11]]


def told(names, score, p=None):
    return {"top": ranked(names, score), "score": score} | ({} if p is None else {"pValue": p})


def told_of_seeds(names, score):
    """Numbers that repeat are told apart by noise: the range of the answers of six seeds, and what is always or ever chosen."""
    answers = [score(seed) for seed in range(6)]
    best = [set(ranked(names, answer)[:10]) for answer in answers]
    return {
        "low": np.min(answers, axis=0),
        "high": np.max(answers, axis=0),
        "always": sorted(set.intersection(*best)),
        "ever": sorted(set.union(*best)),
    }


def data_set(folder):
    out = {}
    for name, load in {"adult": adult, "online-shoppers": shoppers, "optdigits": digits, "uci-har": har}.items():
        columns, y = load(folder)
        names, X = list(columns), np.column_stack(list(columns.values()))
        case = {"names": names, "fClassif": told(names, *fs.f_classif(X, y))}
        if (X >= 0).all():
            case["chi2"] = told(names, *fs.chi2(X, y))
        whole = np.array([len(np.unique(column)) <= 20 for column in X.T])
        case["discrete"] = [names[at] for at in np.flatnonzero(whole)]
        case["mutualInfoClassif"] = told_of_seeds(
            names, lambda seed: fs.mutual_info_classif(X, y, discrete_features=whole, random_state=seed)
        )
        if name == "online-shoppers":
            model = LogisticRegression(C=1, tol=1e-5, max_iter=500)
            rfe = fs.RFE(model, n_features_to_select=10, step=2).fit(standardised(X[:, X.std(axis=0) > 0]), y)
            case["rfe"] = sorted(np.array(names)[X.std(axis=0) > 0][rfe.support_])
        out[name] = case
    columns, y = elec(folder)
    names, X = list(columns), np.column_stack(list(columns.values()))
    alphas, coefficients, _ = lasso_path(standardised(X), y - y.mean(), n_alphas=100, eps=1e-3, tol=1e-8)
    entry = np.where((coefficients != 0).any(axis=1), (coefficients != 0).argmax(axis=1), 1000)
    out["elec2"] = {
        "names": names,
        "fRegression": told(names, *fs.f_regression(X, y)),
        "mutualInfoRegression": told_of_seeds(
            names, lambda seed: fs.mutual_info_regression(X, y, random_state=seed)
        ),
        "lassoEntry": entry,
    }
    return out


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=here / "vectors/prepare/select")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    files = {"distribution": distribution, "score": score, "correlation": correlation, "select": select}
    if options.data is not None:
        files["data-set"] = lambda: data_set(options.data)
    for name, make in files.items():
        text = json.dumps(plain(make()), separators=(",", ":"))
        (options.directory / f"{name}.json").write_text(text + "\n")
