"""Models as exporters of other frameworks write them, for the tests of `tideline import`.

Run with a Python that has torch and onnx for `torch`, or scikit-learn and skl2onnx for `sklearn`:

    python scripts/vectors-import.py torch
    python scripts/vectors-import.py sklearn
"""

import sys
import warnings
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "vectors" / "import"


def from_torch() -> None:
    import torch

    torch.manual_seed(1)

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv1d(3, 8, 5, padding=2)
            self.norm = torch.nn.BatchNorm1d(8)
            self.out = torch.nn.Linear(8, 4)

        def forward(self, x):
            hidden = torch.relu(self.norm(self.conv(x.transpose(1, 2))))
            return torch.softmax(self.out(hidden.mean(2)), 1)

    torch.onnx.export(
        Net().eval(),
        (torch.randn(2, 16, 3),),
        str(OUT / "torch-conv1d.onnx"),
        input_names=["x"],
        output_names=["p"],
        dynamo=False,
        dynamic_axes={"x": {0: "batch"}, "p": {0: "batch"}},
    )


def from_sklearn() -> None:
    import numpy as np
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    random = np.random.default_rng(1)
    X = random.normal(size=(120, 4)).astype(np.float32)
    y = (X[:, 0] > X[:, 1]).astype(int) + (X[:, 2] > 1)
    models = {
        "sklearn-forest": RandomForestClassifier(5, max_depth=4, random_state=1),
        "sklearn-logistic": make_pipeline(StandardScaler(), LogisticRegression()),
    }
    for name, model in models.items():
        options = {"zipmap": False} if name == "sklearn-forest" else None
        written = to_onnx(model.fit(X, y), X[:1], target_opset={"": 18, "ai.onnx.ml": 3}, options=options)
        (OUT / f"{name}.onnx").write_bytes(written.SerializeToString())


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    {"torch": from_torch, "sklearn": from_sklearn}[sys.argv[1]]()
