"""Writes vectors/prepare/category: what scikit-learn, pandas and category_encoders answer for categories.

    python scripts/vectors-prepare-category.py [folder]

Needs the packages of scripts/requirements-prepare.txt.
"""

import json
import pathlib
import sys
import warnings

import category_encoders
import numpy as np
import pandas as pd
from sklearn.feature_extraction import FeatureHasher
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "vectors/prepare/category")
folder.mkdir(parents=True, exist_ok=True)
random = np.random.RandomState(11)

# The last sorts before the first by 16-bit units, and after it by code points.
CITIES = ["Ulm", "Bonn", "Köln", "Rom", "\uff5e", "Aachen", "bonn", "\U0001f30d"]
COLOURS = ["red", "green", "blue"]


def cities(rows, gaps):
    weights = np.array([30, 20, 12, 8, 5, 3, 2, 2.0])
    drawn = random.choice(len(CITIES), size=rows, p=weights / weights.sum())
    return [None if gaps and random.rand() < 0.1 else CITIES[at] for at in drawn]


TRAIN, NEW = 90, 12
train = {
    "city": cities(TRAIN, True),
    "colour": [COLOURS[at] for at in random.randint(0, 3, TRAIN)],
    "floor": [int(n) for n in random.choice([-2, 0, 1, 2, 3, 10, 11], size=TRAIN)],
}
new = {
    "city": cities(NEW - 3, True) + ["Paris", "Bonn", None],
    "colour": [COLOURS[at] for at in random.randint(0, 3, NEW - 2)] + ["pink", "red"],
    "floor": [int(n) for n in random.choice([-2, 0, 1, 2, 3, 10, 11], size=NEW - 1)] + [99],
}
binary = [int(n) for n in random.randint(0, 2, TRAIN)]
several = [int(n) for n in random.randint(0, 3, TRAIN)]
values = [float(n) for n in np.round(random.normal(2, 3, TRAIN), 3)]
fold = [int(n) for n in random.randint(0, 4, TRAIN)]


def columns(table, names, missing=None):
    count = len(table[names[0]])
    cells = [[missing if table[name][row] is None else table[name][row] for name in names] for row in range(count)]
    return np.array(cells, dtype=object)


def numbers(matrix):
    return [[None if np.isnan(x) else float(x) for x in row] for row in np.asarray(matrix, dtype=float)]


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


write(
    "rows",
    {
        "train": train,
        "new": new,
        "binary": binary,
        "several": several,
        "values": values,
        "fold": fold,
    },
)

NAMES = ["city", "colour", "floor"]


def snake(options):
    renamed = {"minFrequency": "min_frequency", "maxCategories": "max_categories", "drop": "drop"}
    return {renamed[key]: ("if_binary" if value == "ifBinary" else value) for key, value in options.items()}


one_hot = []
for options in [
    {},
    {"drop": "first"},
    {"drop": "ifBinary", "maxCategories": 2},
    {"minFrequency": 5},
    {"minFrequency": 0.12},
    {"maxCategories": 4},
    {"maxCategories": 1},
    {"maxCategories": 3, "drop": "first"},
    {"minFrequency": 4, "maxCategories": 5},
]:
    for unknown in ["ignore", "infrequent_if_exist"]:
        encoder = OneHotEncoder(handle_unknown=unknown, sparse_output=False, **snake(options))
        encoder.fit(columns(train, NAMES))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = encoder.transform(columns(new, NAMES))
        one_hot.append(
            {
                "options": {**options, "handleUnknown": "ignore" if unknown == "ignore" else "infrequent"},
                "names": list(encoder.get_feature_names_out(NAMES)),
                "new": [[int(x) for x in row] for row in answer],
            }
        )
write("one-hot", one_hot)

ordinal = []
for options in [{}, {"minFrequency": 6}, {"maxCategories": 3}]:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-5, encoded_missing_value=-7, **snake(options))
    # scikit-learn counts the missing among the categories that may be infrequent; ours never groups them.
    names = NAMES if not options else ["colour", "floor"]
    encoder.fit(columns(train, names, np.nan))
    answer = encoder.transform(columns(new, names, np.nan))
    ordinal.append({"options": options, "columns": names, "new": numbers(answer)})
given = OrdinalEncoder(
    categories=[["red", "blue", "green"]], handle_unknown="use_encoded_value", unknown_value=-5
).fit(columns(train, ["colour"]))
ordinal.append(
    {
        "options": {"categories": {"colour": ["red", "blue", "green"]}},
        "columns": ["colour"],
        "new": numbers(given.transform(columns(new, ["colour"]))),
    }
)
write("ordinal", ordinal)


class Folds:
    def split(self, X, y=None, groups=None):
        for held in range(4):
            yield np.flatnonzero(np.array(fold) != held), np.flatnonzero(np.array(fold) == held)

    def get_n_splits(self, X=None, y=None, groups=None):
        return 4


target = []
for kind, y in [("binary", binary), ("multiclass", several), ("continuous", values)]:
    for smooth in ["auto", 0.0, 7.5]:
        encoder = TargetEncoder(target_type=kind, smooth=smooth, cv=Folds())
        folded = encoder.fit_transform(columns(train, NAMES), np.array(y))
        target.append(
            {
                "labels": kind,
                "smooth": smooth,
                "train": numbers(folded),
                "new": numbers(encoder.transform(columns(new, NAMES))),
            }
        )
write("target", target)

frequency = []
for normalize in [True, False]:
    answer = []
    for name in NAMES:
        counts = pd.Series(train[name], dtype=object).value_counts(normalize=normalize, dropna=False)
        known = {None if value is None or value != value else value: share for value, share in counts.items()}
        answer.append([float(known.get(value, 0)) for value in new[name]])
    frequency.append({"normalize": normalize, "new": np.array(answer).T.tolist()})
write("frequency", frequency)

woe = []
for regularization in [1.0, 0.5]:
    encoder = category_encoders.WOEEncoder(cols=["colour", "floor"], regularization=regularization)
    frame = pd.DataFrame({name: pd.Series(train[name], dtype=object) for name in ["colour", "floor"]})
    encoder.fit(frame, np.array(binary))
    other = pd.DataFrame({name: pd.Series(new[name], dtype=object) for name in ["colour", "floor"]})
    woe.append({"regularization": regularization, "new": numbers(encoder.transform(other))})
write("weight-of-evidence", woe)

means = pd.DataFrame({"city": train["city"], "y": values}).groupby("city")["y"].mean()
write("target-order", {"city": {name: int(rank) for name, rank in (means.rank() - 1).items()}})

hashed = []
for options in [{"nFeatures": 16}, {"nFeatures": 7, "alternateSign": False}]:
    hasher = FeatureHasher(
        n_features=options["nFeatures"], alternate_sign=options.get("alternateSign", True), input_type="dict"
    )
    rows = [
        {
            **({} if train["city"][row] is None else {"city": train["city"][row]}),
            "floor": str(train["floor"][row]),
            "amount": values[row],
        }
        for row in range(TRAIN)
    ]
    hashed.append({"options": options, "train": numbers(hasher.transform(rows).toarray())})
write("hash", hashed)
