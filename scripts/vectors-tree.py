"""Writes small models of LightGBM and XGBoost with what they predict.

Usage: python3 scripts/vectors-tree.py [DIRECTORY]   (default: vectors/tree)
Needs the packages of scripts/requirements-trees.txt.

lightgbm.json and xgboost.json hold a list of cases:

    name        what the case is about
    model       the model's text
    names       of the columns
    rows        row-major; null is NaN
    raw         raw scores, row-major, one number for each output
    predicted   what the library's prediction makes of them
    contrib     (LightGBM, some cases) pred_contrib: for each row a number for each column and the expected value, output by output
"""

import json
import pathlib
import sys
import tempfile

import lightgbm
import numpy
import pandas
import xgboost

ROWS = 400
SHOWN = 24
FEATURES = 5


def numbers(values):
    return [None if numpy.isnan(value) else float(value) for value in numpy.asarray(values, dtype=float).ravel()]


def draw(seed, missing=0.0, zeros=0.0, categories=0):
    random = numpy.random.default_rng(seed)
    X = random.normal(size=(ROWS, FEATURES))
    X[random.random(X.shape) < zeros] = 0.0
    X[random.random(X.shape) < missing] = numpy.nan
    score = numpy.nan_to_num(X[:, 0]) - 0.8 * numpy.nan_to_num(X[:, 1]) ** 2 + numpy.isnan(X[:, 2])
    if categories:
        X[:, 3] = random.integers(0, categories, ROWS)
        X[:, 4] = random.integers(0, 4, ROWS) * 7
        score = score + 1.5 * numpy.sin(X[:, 3] * 2.1) + (X[:, 4] == 14)
    return X, score + 0.2 * random.normal(size=ROWS), random


def shown(X, random, categories):
    rows = X[:SHOWN].copy()
    for column in range(FEATURES - (2 if categories else 0)):
        rows[column, column] = numpy.nan
        rows[column + 5, column] = 0.0
    rows[11, 0] = 1e-36
    rows[12, 0] = -1e-36
    rows[13, 1] = 1e300
    rows[14, 1] = -1e300
    if categories:
        rows[15, 3] = categories + 40
        rows[16, 3] = -1
        rows[17, 3] = numpy.nan
        rows[18, 4] = 3
    return rows


def text(booster, whole=False):
    """The model; the parameters of its training, most of its length, are left out unless all is wanted."""
    model = booster.model_to_string()
    if whole:
        return model
    return model[: model.index("\nparameters:")] + model[model.index("\npandas_categorical:") :]


def lightgbm_case(name, parameters, label, seed=1, categorical=None, contrib=False, **drawn):
    X, score, random = draw(seed, **drawn)
    options = dict(num_leaves=7, min_data_in_leaf=5, learning_rate=0.3, verbose=-1, num_threads=1, seed=seed,
                   min_data_per_group=5, deterministic=True, force_row_wise=True)
    data = lightgbm.Dataset(X, label(score), categorical_feature=categorical or "auto",
                            group=[20] * (ROWS // 20) if "rank" in parameters["objective"] else None, params=options)
    booster = lightgbm.train({**options, **parameters}, data, 6)
    rows = shown(X, random, drawn.get("categories", 0))
    case = dict(name=name, model=text(booster, name == "regression"), names=booster.feature_name(), rows=numbers(rows),
                raw=numbers(booster.predict(rows, raw_score=True)), predicted=numbers(booster.predict(rows)))
    if contrib:
        case["contrib"] = numbers(booster.predict(rows, pred_contrib=True))
    return case


def pandas_case():
    X, score, random = draw(9, missing=0.1)
    frame = pandas.DataFrame({f"n{at}": X[:, at] for at in range(3)})
    frame["city"] = pandas.Categorical(numpy.array(["Köln", "Rom", "Oslo", "Bern"])[random.integers(0, 4, ROWS)])
    frame["zone"] = pandas.Categorical(random.integers(3, 8, ROWS))
    score = score + (frame["city"] == "Oslo") - 2 * (frame["zone"] == 5)
    options = dict(objective="regression", num_leaves=7, min_data_in_leaf=5, verbose=-1, num_threads=1,
                   min_data_per_group=5, cat_smooth=1, learning_rate=0.3)
    booster = lightgbm.train(options, lightgbm.Dataset(frame, score), 6)
    rows = frame[:SHOWN]
    return dict(name="pandas categories", model=text(booster), names=list(frame.columns),
                rows=[[None if pandas.isna(value) else (value if isinstance(value, str) else float(value)) for value in row]
                      for row in rows.itertuples(index=False)],
                raw=numbers(booster.predict(rows, raw_score=True)), predicted=numbers(booster.predict(rows)))


def unclear_case():
    """Columns of which the text does not say whose categories are whose: an ordered one, one of texts, one of integers."""
    random = numpy.random.default_rng(10)
    city = numpy.array(["Bern", "Oslo", "Rom"])[random.integers(0, 3, ROWS)]
    frame = pandas.DataFrame({
        "size": pandas.Categorical.from_codes(random.integers(0, 3, ROWS), ["s", "m", "l"], ordered=True),
        "city": pandas.Categorical(city),
        "shop": random.integers(0, 3, ROWS),
    })
    score = 3.0 * (city == "Rom") + 1.5 * (frame["shop"] == 1) + frame["size"].cat.codes + 0.1 * random.normal(size=ROWS)
    options = dict(objective="regression", num_leaves=7, min_data_in_leaf=5, verbose=-1, num_threads=1,
                   min_data_per_group=5, cat_smooth=1, learning_rate=0.3)
    booster = lightgbm.train(options, lightgbm.Dataset(frame, score, categorical_feature=["city", "shop"]), 6)
    rows = frame[:SHOWN]
    return dict(name="pandas categories, unclear", model=text(booster), names=list(frame.columns),
                rows=[[int(size), at, int(shop)] for size, at, shop in zip(rows["size"].cat.codes, rows["city"], rows["shop"])],
                raw=numbers(booster.predict(rows, raw_score=True)), predicted=numbers(booster.predict(rows)))


def classes(count):
    return lambda score: numpy.clip(numpy.digitize(score, numpy.quantile(score, numpy.arange(1, count) / count)), 0, count - 1)


def plain(score):
    return score


def counts(score):
    return numpy.floor(numpy.exp(numpy.clip(score, -3, 2)))


def positive(score):
    return numpy.exp(numpy.clip(score, -3, 2))


def shares(score):
    return 1 / (1 + numpy.exp(-score))


LIGHTGBM = [
    lambda: lightgbm_case("regression", dict(objective="regression"), plain, contrib=True),
    lambda: lightgbm_case("regression of roots", dict(objective="regression", reg_sqrt=True), plain),
    lambda: lightgbm_case("missing as NaN", dict(objective="regression"), plain, 2, missing=0.2, contrib=True),
    lambda: lightgbm_case("missing as zero", dict(objective="regression", zero_as_missing=True), plain, 3, missing=0.1,
                          zeros=0.2, contrib=True),
    lambda: lightgbm_case("missing not used", dict(objective="regression", use_missing=False), plain, 4, missing=0.2),
    lambda: lightgbm_case("binary", dict(objective="binary", sigmoid=0.7), classes(2), contrib=True),
    lambda: lightgbm_case("multiclass", dict(objective="multiclass", num_class=3), classes(3), contrib=True),
    lambda: lightgbm_case("multiclassova", dict(objective="multiclassova", num_class=3, sigmoid=1.3), classes(3)),
    lambda: lightgbm_case("categories", dict(objective="binary", cat_smooth=1), classes(2), 5, categorical=[3, 4],
                          categories=40, contrib=True),
    lambda: lightgbm_case("categories one by one", dict(objective="regression", cat_smooth=1, max_cat_to_onehot=50), plain,
                          6, categorical=[3, 4], categories=40),
    lambda: lightgbm_case("random forest", dict(objective="binary", boosting="rf", bagging_freq=1, bagging_fraction=0.6),
                          classes(2), 7, missing=0.1),
    lambda: lightgbm_case("dart", dict(objective="regression", boosting="dart", drop_rate=0.5), plain, 8),
    lambda: lightgbm_case("poisson", dict(objective="poisson"), counts),
    lambda: lightgbm_case("gamma", dict(objective="gamma"), positive),
    lambda: lightgbm_case("tweedie", dict(objective="tweedie"), counts),
    lambda: lightgbm_case("quantile", dict(objective="quantile", alpha=0.8), plain),
    lambda: lightgbm_case("cross entropy", dict(objective="cross_entropy"), shares),
    lambda: lightgbm_case("cross entropy lambda", dict(objective="cross_entropy_lambda"), shares),
    lambda: lightgbm_case("lambdarank", dict(objective="lambdarank"), classes(4)),
    lambda: lightgbm_case("trees of one leaf", dict(objective="regression", min_data_in_leaf=ROWS), plain),
    lambda: pandas_case(),
    lambda: unclear_case(),
]


def xgboost_case(name, parameters, label, seed=1, types=None, rounds=6, **drawn):
    X, score, random = draw(seed, **drawn)
    X = X.astype(numpy.float32)
    if types:
        X[:, 3] = numpy.nan_to_num(X[:, 3])
    options = {**dict(max_depth=3, eta=0.3, nthread=1, seed=seed, tree_method="hist", verbosity=0), **parameters}
    data = xgboost.DMatrix(X, label(score), feature_types=types, enable_categorical=bool(types))
    if parameters["objective"].startswith("survival:aft"):
        data.set_float_info("label_lower_bound", label(score))
        data.set_float_info("label_upper_bound", label(score))
    if parameters["objective"].startswith("rank"):
        data.set_group([20] * (ROWS // 20))
    booster = xgboost.train(options, data, rounds)
    rows = X[:SHOWN].copy()
    for column in range(FEATURES):
        rows[column, column] = numpy.nan
    given = xgboost.DMatrix(rows, feature_types=types, enable_categorical=bool(types))
    return dict(name=name, model=booster.save_raw("json").decode(), names=[f"f{at}" for at in range(FEATURES)],
                rows=numbers(rows), raw=numbers(booster.predict(given, output_margin=True)),
                predicted=numbers(booster.predict(given)))


XGBOOST = [
    lambda: xgboost_case("squared error", dict(objective="reg:squarederror"), plain),
    lambda: xgboost_case("a base score", dict(objective="reg:squarederror", base_score=2.5), plain),
    lambda: xgboost_case("missing", dict(objective="reg:squarederror"), plain, 2, missing=0.2),
    lambda: xgboost_case("binary logistic", dict(objective="binary:logistic"), classes(2), 3, missing=0.1),
    lambda: xgboost_case("binary logitraw", dict(objective="binary:logitraw"), classes(2)),
    lambda: xgboost_case("logistic regression", dict(objective="reg:logistic", base_score=0.3), shares),
    lambda: xgboost_case("softprob", dict(objective="multi:softprob", num_class=3), classes(3)),
    lambda: xgboost_case("poisson", dict(objective="count:poisson"), counts),
    lambda: xgboost_case("gamma", dict(objective="reg:gamma"), positive),
    lambda: xgboost_case("tweedie", dict(objective="reg:tweedie"), counts),
    lambda: xgboost_case("cox", dict(objective="survival:cox"), positive),
    lambda: xgboost_case("aft", dict(objective="survival:aft"), positive),
    lambda: xgboost_case("pairs", dict(objective="rank:pairwise"), classes(4)),
    lambda: xgboost_case("quantiles", dict(objective="reg:quantileerror", quantile_alpha=[0.2, 0.5, 0.8]), plain),
    lambda: xgboost_case("dart", dict(objective="reg:squarederror", booster="dart", rate_drop=0.5), plain, 4),
    lambda: xgboost_case("a forest", dict(objective="binary:logistic", num_parallel_tree=4, subsample=0.6), classes(2), 5,
                         rounds=2),
    lambda: xgboost_case("categories", dict(objective="reg:squarederror", max_cat_to_onehot=1), plain, 6,
                         types=["q", "q", "q", "c", "c"], categories=12),
    lambda: xgboost_case("categories one by one", dict(objective="reg:squarederror", max_cat_to_onehot=60), plain, 7,
                         types=["q", "q", "q", "c", "c"], categories=12),
    lambda: xgboost_case("pruned", dict(objective="reg:squarederror", gamma=3.0, tree_method="exact"), plain, 8),
]


def named_case(name, categories):
    """Categories that the model itself names."""
    random = numpy.random.default_rng(11)
    codes = random.integers(0, len(categories), ROWS)
    frame = pandas.DataFrame({"kind": pandas.Categorical.from_codes(codes, categories),
                              "x": random.normal(size=ROWS).astype(numpy.float32)})
    score = numpy.sin(codes * 2.1) + 0.1 * random.normal(size=ROWS)
    options = dict(max_depth=3, eta=0.3, nthread=1, tree_method="hist", verbosity=0, max_cat_to_onehot=1)
    booster = xgboost.train(options, xgboost.DMatrix(frame, score, enable_categorical=True), 4)
    given = xgboost.DMatrix(frame[:SHOWN], enable_categorical=True)
    shown_values = [value if isinstance(value, str) else int(value) for value in frame["kind"][:SHOWN]]
    return dict(name=name, model=booster.save_raw("json").decode(), names=["kind", "x"],
                rows=[cell for row in zip(shown_values, map(float, frame["x"])) for cell in row],
                raw=numbers(booster.predict(given, output_margin=True)), predicted=numbers(booster.predict(given)))


def stopped_case(name, wrapper):
    """A model whose training went on after its best round; scikit-learn's prediction ends there, the booster's does not."""
    X, score, _ = draw(12)
    X, noisy = X.astype(numpy.float32), score + 2 * numpy.random.default_rng(12).normal(size=ROWS)
    common = dict(max_depth=3, n_jobs=1, random_state=1) if wrapper else dict(max_depth=3, nthread=1, seed=1)
    if wrapper:
        model = xgboost.XGBRegressor(n_estimators=40, early_stopping_rounds=3, **common)
        model.fit(X[:200], noisy[:200], eval_set=[(X[200:], noisy[200:])], verbose=False)
        booster, predicted = model.get_booster(), model.predict(X[:SHOWN])
    else:
        booster = xgboost.train(common, xgboost.DMatrix(X[:200], noisy[:200]), 40, early_stopping_rounds=3,
                                evals=[(xgboost.DMatrix(X[200:], noisy[200:]), "v")], verbose_eval=False)
        predicted = booster.predict(xgboost.DMatrix(X[:SHOWN]))
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        (model if wrapper else booster).save_model(file.name)
        saved = pathlib.Path(file.name).read_text()
    return dict(name=name, model=saved, names=[f"f{at}" for at in range(FEATURES)], rows=numbers(X[:SHOWN]),
                raw=numbers(predicted), predicted=numbers(predicted))


XGBOOST += [
    lambda: named_case("texts that the model names", ["Rome", "Oslo", "Bern & Biel", "", "Ulm"]),
    lambda: named_case("texts that the model cuts", ["Köln", "Oslo", "Røm", "Bern"]),
    lambda: named_case("numbers that the model names", [3, 7, -11, 2**40]),
    lambda: stopped_case("stopped early, of the booster", False),
    lambda: stopped_case("stopped early, of scikit-learn", True),
]


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "vectors/tree")
    directory.mkdir(parents=True, exist_ok=True)
    for name, cases in (("lightgbm", LIGHTGBM), ("xgboost", XGBOOST)):
        content = json.dumps([case() for case in cases], ensure_ascii=False, separators=(",", ":"))
        (directory / f"{name}.json").write_text(content + "\n", encoding="utf-8")


main()
