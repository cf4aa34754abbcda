"""The peers of bench/trees.ts: LightGBM and scikit-learn. One call a line in, one answer a line out."""

import json
import pathlib
import sys
import time

import numpy

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "side"))
from resident import forget_peak, resident


class LightGbm:
    OBJECTIVES = {"binary": "binary", "multiclass": "multiclass", "regression": "regression"}

    def __init__(self, call):
        import lightgbm

        self.lightgbm = lightgbm
        self.version = "LightGBM " + lightgbm.__version__
        self.call = call
        self.quantised = call["side"] == "lightgbm-quantised"
        self.sequence = call["side"] == "lightgbm-sequence"
        if self.quantised:
            self.version += " use_quantized_grad"
        if self.sequence:
            self.version += " Sequence"

    def train(self, load, setting, seed):
        parameters = {
            "objective": self.OBJECTIVES[self.call["task"]],
            "num_leaves": setting["leaves"],
            "learning_rate": setting["rate"],
            "max_bin": setting["bins"],
            "min_data_in_leaf": setting["minChildRows"],
            "min_sum_hessian_in_leaf": setting["minChildWeight"],
            "num_threads": self.call["threads"],
            "seed": seed,
            "verbosity": -1,
        }
        if self.call["task"] == "multiclass":
            parameters["num_class"] = self.call["classes"]
        if "rowShare" in setting:
            parameters.update(bagging_fraction=setting["rowShare"], bagging_freq=1)
        if "featureShare" in setting:
            parameters["feature_fraction"] = setting["featureShare"]
        if setting.get("extra"):
            parameters["extra_trees"] = True
        if self.quantised:
            parameters["use_quantized_grad"] = True
        categorical = self.call["files"]["categorical"]
        x, y = load()
        if self.sequence:
            x = sequence_of(self.lightgbm, x)
        rows = self.lightgbm.Dataset(x, y, categorical_feature=categorical, params=parameters).construct()
        # Bins are enough from here on: columns of files need not stay, those of the caller do.
        del x, y
        return self.lightgbm.train(parameters, rows, setting["rounds"])

    def predict(self, model, x):
        return model.predict(x, num_threads=self.call["threads"])


def sequence_of(lightgbm, x):
    """Rows that LightGBM asks for some at a time, by its own interface for data beyond memory."""

    class Rows(lightgbm.Sequence):
        batch_size = 16384

        def __getitem__(self, at):
            return numpy.ascontiguousarray(x[at], numpy.float64)

        def __len__(self):
            return len(x)

    return Rows()


class HistGradientBoosting:
    def __init__(self, call):
        import sklearn.ensemble

        self.ensemble = sklearn.ensemble
        self.version = f"scikit-learn {sklearn.__version__} HistGradientBoosting"
        self.call = call

    def train(self, load, setting, seed):
        kind = "Regressor" if self.call["task"] == "regression" else "Classifier"
        booster = getattr(self.ensemble, "HistGradientBoosting" + kind)(
            max_iter=setting["rounds"],
            max_leaf_nodes=setting["leaves"],
            learning_rate=setting["rate"],
            max_bins=setting["bins"],
            min_samples_leaf=setting["minChildRows"],
            categorical_features=self.call["files"]["categorical"] or None,
            early_stopping=False,
            random_state=seed,
        )
        return booster.fit(*load())

    def predict(self, model, x):
        if self.call["task"] == "regression":
            return model.predict(x)
        found = model.predict_proba(x)
        return found[:, 1] if self.call["task"] == "binary" else found


class RandomForest(HistGradientBoosting):
    def __init__(self, call):
        super().__init__(call)
        self.version = self.version.replace("HistGradientBoosting", "RandomForest")

    def train(self, load, setting, seed):
        regression = self.call["task"] == "regression"
        forest = getattr(self.ensemble, "RandomForest" + ("Regressor" if regression else "Classifier"))(
            n_estimators=setting["rounds"],
            max_features=1 / 3 if regression else "sqrt",
            min_samples_leaf=setting["minChildRows"],
            n_jobs=self.call["threads"],
            random_state=seed,
        )
        return forest.fit(*load())


SIDES = {
    "lightgbm": LightGbm,
    "lightgbm-quantised": LightGbm,
    "lightgbm-sequence": LightGbm,
    "sklearn": HistGradientBoosting,
    "sklearn-forest": RandomForest,
}


def load(part, columns, mapped=False):
    """Columns as they stand in the file: a matrix in Fortran's order, which neither library copies to read it."""
    if mapped:
        x = numpy.memmap(part["x"], numpy.float32, "r", shape=(columns, part["rows"])).T
    else:
        x = numpy.fromfile(part["x"], numpy.float32).reshape(columns, part["rows"]).T
    return x, numpy.fromfile(part["y"], numpy.float64)


side = call = model = None
begin = None
for line in sys.stdin:
    given = json.loads(line)
    if given["do"] == "open":
        call = given
        side = SIDES[call["side"]](call)
        imported = resident("VmRSS")
        train, columns = call["files"]["train"], call["files"]["columns"]
        if call["from"] == "columns":
            loaded = load(train, columns)
            begin = lambda: loaded
        else:
            mapped = call["side"] == "lightgbm-sequence"
            begin = lambda: load(train, columns, mapped)
        reply = {"version": side.version, "imported": imported, "loaded": resident("VmRSS")}
    elif given["do"] == "train":
        forget_peak()
        before, started = time.process_time(), time.perf_counter()
        model = side.train(begin, given["setting"], given["seed"])
        reply = {
            "seconds": time.perf_counter() - started,
            "cpu": time.process_time() - before,
            "peak": resident("VmHWM"),
        }
    else:
        held, _ = load(call["files"]["held"], call["files"]["columns"])
        started = time.perf_counter()
        predicted = side.predict(model, held)
        reply = {"seconds": time.perf_counter() - started}
        numpy.ascontiguousarray(predicted, numpy.float64).tofile(given["out"])
    print(json.dumps(reply), flush=True)
