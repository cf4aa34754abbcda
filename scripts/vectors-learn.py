"""Writes vectors/learn/*.json: what scikit-learn and SciPy answer on small seeded tables.

Usage: python3 scripts/vectors-learn.py [DIRECTORY]   (default: vectors/learn beside this script's parent)

The tests of packages/learn compare with the committed files; one of them runs this script again.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
from scipy import stats
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
)
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler


def table(seed, rows, columns, classes):
    """Correlated columns, rounded so that the JSON stays small, and noisy labels."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, columns)) @ random.normal(size=(columns, columns)) * 0.5
    X = np.round(X, 3)
    scores = X @ random.normal(size=(columns, classes)) + random.gumbel(size=(rows, classes))
    return X, scores.argmax(axis=1), random


def logistic():
    cases = []
    for name, seed, rows, columns, classes, C, weighted in [
        ("three classes", 1, 90, 4, 3, 1.0, False),
        ("four classes, weak penalty", 2, 101, 5, 4, 10.0, False),
        ("six classes, strong penalty", 3, 120, 7, 6, 0.05, False),
        ("weighted rows", 4, 83, 3, 3, 0.5, True),
        ("two classes", 5, 70, 3, 2, 0.4, False),
    ]:
        X, y, random = table(seed, rows, columns, classes)
        weight = np.round(random.uniform(0, 2, size=rows), 3) if weighted else None
        # With two classes scikit-learn fits one column; a softmax of two at C is that column at 2 C.
        model = LogisticRegression(C=C if classes > 2 else 2 * C, tol=1e-10, max_iter=10_000)
        model.fit(X, y, sample_weight=weight)
        probabilities = model.predict_proba(X)
        cases.append(
            {
                "name": name,
                "C": C,
                "classCount": classes,
                "X": X.tolist(),
                "y": y.tolist(),
                "sampleWeight": None if weight is None else weight.tolist(),
                "coef": model.coef_.tolist(),
                "intercept": model.intercept_.tolist(),
                "probabilities": probabilities[:10].tolist(),
                "logLoss": log_loss(y, probabilities, labels=range(classes)),
            }
        )
    return {"cases": cases}


def metric():
    cases = []
    for name, seed, rows, classes, absent in [
        ("balanced", 11, 60, 3, ()),
        ("never predicted", 12, 40, 4, (2,)),
        ("one row", 13, 1, 2, ()),
        ("six classes", 14, 150, 6, ()),
    ]:
        random = np.random.default_rng(seed)
        y = random.integers(0, classes, size=rows)
        scores = random.gumbel(size=(rows, classes)) + 1.5 * np.eye(classes)[y]
        scores[:, list(absent)] -= 100
        probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        predicted = probabilities.argmax(axis=1)
        labels = range(classes)
        precision, recall, f1, support = precision_recall_fscore_support(
            y, predicted, labels=labels, zero_division=0
        )
        cases.append(
            {
                "name": name,
                "classCount": classes,
                "y": y.tolist(),
                "predicted": predicted.tolist(),
                "probabilities": probabilities.tolist(),
                "accuracy": accuracy_score(y, predicted),
                "macroF1": f1_score(y, predicted, average="macro", zero_division=0),
                "precision": precision.tolist(),
                "recall": recall.tolist(),
                "f1": f1.tolist(),
                "support": support.tolist(),
                "confusion": confusion_matrix(y, predicted, labels=labels).tolist(),
                "logLoss": log_loss(y, probabilities, labels=labels),
            }
        )
    intervals = []
    for successes, trials in [(0, 5), (5, 5), (7, 10), (930, 1000)]:
        interval = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
        intervals.append({"successes": successes, "trials": trials, "low": interval.low, "high": interval.high})
    return {"cases": cases, "wilson": intervals}


def standardise():
    X, _, random = table(21, 37, 4, 2)
    X[:, 1] = 3.7
    X[:, 2] = np.round(1e6 + random.normal(size=37) * 1e-2, 4)
    scaler = StandardScaler().fit(X)
    return {
        "X": X.tolist(),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "transformed": scaler.transform(X)[:5].tolist(),
    }


def baseline():
    X, y, _ = table(31, 50, 3, 3)
    centroid = NearestCentroid().fit(X, y)
    dummy = DummyClassifier(strategy="prior").fit(X, y)
    return {
        "X": X.tolist(),
        "y": y.tolist(),
        "centroids": centroid.centroids_.tolist(),
        "predicted": centroid.predict(X).tolist(),
        "priors": dummy.class_prior_.tolist(),
    }


def main():
    warnings.simplefilter("error")
    default = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "learn"
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    directory.mkdir(parents=True, exist_ok=True)
    for name, make in [
        ("logistic-regression", logistic),
        ("metric", metric),
        ("standardise", standardise),
        ("baseline", baseline),
    ]:
        (directory / f"{name}.json").write_text(json.dumps(make(), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
