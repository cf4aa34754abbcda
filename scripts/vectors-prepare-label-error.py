"""Writes vectors/prepare/category/label-error.json: what cleanlab finds among labels of which some are wrong.

    python scripts/vectors-prepare-label-error.py [folder]

Needs the packages of scripts/requirements-prepare.txt.
"""

import json
import pathlib
import sys

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "vectors/prepare/category")
random = np.random.RandomState(3)

FILTERS = {
    "pruneByNoiseRate": "prune_by_noise_rate",
    "pruneByClass": "prune_by_class",
    "both": "both",
    "confidentLearning": "confident_learning",
    "predictedNotGiven": "predicted_neq_given",
}
RANKS = {"normalizedMargin": "normalized_margin", "selfConfidence": "self_confidence"}

cases = []
for rows, classes, flipped, sharp in [(200, 2, 0.1, 2.0), (240, 4, 0.15, 1.5), (60, 5, 0.3, 1.0)]:
    true = random.randint(0, classes, rows)
    logits = random.normal(0, 1, (rows, classes))
    logits[np.arange(rows), true] += sharp
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    probabilities = np.round(probabilities, 7)
    given = np.where(random.rand(rows) < flipped, random.randint(0, classes, rows), true)
    found = {}
    for name, rule in FILTERS.items():
        for rank, score in RANKS.items():
            ranked = find_label_issues(
                given, probabilities, filter_by=rule, return_indices_ranked_by=score, n_jobs=1
            )
            found[f"{name} {rank}"] = [int(row) for row in ranked]
    for rank, score in RANKS.items():
        ranked = find_label_issues(
            given, probabilities, filter_by=f"low_{score}", return_indices_ranked_by=score, n_jobs=1
        )
        found[f"rank {rank}"] = [int(row) for row in ranked]
    cases.append(
        {
            "classes": classes,
            "y": [int(label) for label in given],
            "probabilities": [[float(p) for p in row] for row in probabilities],
            "thresholds": [float(t) for t in get_confident_thresholds(given, probabilities)],
            "joint": compute_confident_joint(given, probabilities).tolist(),
            "quality": {
                rank: [float(q) for q in get_label_quality_scores(given, probabilities, method=score)]
                for rank, score in RANKS.items()
            },
            "found": found,
        }
    )

text = json.dumps(cases, separators=(",", ":"))
(folder / "label-error.json").write_text(text + "\n", encoding="utf-8")
