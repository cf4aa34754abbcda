"""Models as exporters of other frameworks write them, for the tests of `tideline import`.

Run with a Python that has torch and onnx for `torch`, scikit-learn and skl2onnx for `sklearn`, tensorflow-cpu, tf2onnx and
onnx<1.18 for `tensorflow`, or torch, transformers and onnx for `huggingface` (architectures with random weights; nothing is
fetched):

    python scripts/vectors-import.py torch

Beside those of the last two stands what the framework itself answers, `<name>.json`. `--all FOLDER` behind these writes more
models there, too large to be kept: what docs/export.md tells of them was measured so.
"""

import json
import os
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


def write_answer(path: Path, output: str, answer, inputs: dict) -> None:
    """What the framework answers to some inputs."""

    def tensor(values) -> dict:
        numbers = [float(f"{one:.7g}") for one in values.reshape(-1).tolist()]
        return {"dims": list(values.shape), "type": str(values.dtype), "values": numbers}

    said = {"output": output, "answer": tensor(answer), "inputs": {name: tensor(one) for name, one in inputs.items()}}
    path.with_suffix(".json").write_text(json.dumps(said) + "\n")


def from_tensorflow(everything: Path | None) -> None:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import numpy as np
    import tensorflow as tf
    import tf2onnx

    keras = tf.keras
    layers = keras.layers
    tf.random.set_seed(1)
    random = np.random.default_rng(1)

    def net(inputs, hidden, classes: int, last: str = "softmax"):
        return keras.Model(inputs, layers.Dense(classes, activation=last, name="p")(hidden))

    def conv():
        window = layers.Input((16, 3), name="window")
        hidden = layers.ReLU()(layers.BatchNormalization()(layers.Conv1D(8, 5, padding="same")(window)))
        hidden = layers.SeparableConv1D(8, 3, padding="same", activation="relu")(layers.MaxPooling1D(2)(hidden))
        return net(window, layers.GlobalAveragePooling1D()(hidden), 4)

    def dense():
        row = layers.Input((6,), name="row")
        hidden = layers.LayerNormalization()(layers.Dense(16, activation="gelu")(row))
        return net(row, layers.Dense(8, activation="leaky_relu")(hidden), 1, "sigmoid")

    def lstm():
        window = layers.Input((12, 3), name="window")
        return net(window, layers.LSTM(5)(layers.LSTM(6, return_sequences=True)(window)), 3)

    def unrolled_gru():
        window = layers.Input((6, 3), name="window")
        return net(window, layers.Bidirectional(layers.GRU(6, unroll=True))(window), 3)

    def gru():
        window = layers.Input((12, 3), name="window")
        return net(window, layers.GRU(4)(window), 3)

    def attention():
        ids = layers.Input((12,), name="ids", dtype="int32")
        hidden = layers.Embedding(20, 8)(ids)
        hidden = layers.MultiHeadAttention(2, 4)(hidden, hidden) + hidden
        return net(ids, layers.GlobalMaxPooling1D()(hidden), 3)

    def image():
        x = layers.Input((16, 16, 3), name="image")
        hidden = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
        hidden = layers.DepthwiseConv2D(3, padding="same")(layers.ReLU(6.0)(layers.BatchNormalization()(hidden)))
        hidden = layers.Activation("swish")(layers.Conv2D(12, 1)(hidden))
        hidden = layers.UpSampling2D(2)(layers.Add()([hidden, layers.Conv2D(12, 1)(hidden)]))
        return net(x, layers.Flatten()(layers.AveragePooling2D(2)(hidden)), 4)

    def transposed():
        x = layers.Input((8, 8, 4), name="image")
        hidden = layers.PReLU()(layers.Conv2DTranspose(6, 3, strides=2, padding="same", activation="elu")(x))
        hidden = layers.Cropping2D(1)(layers.ZeroPadding2D(1)(hidden))
        return net(x, layers.GlobalMaxPooling2D()(hidden), 3)

    def mobilenet():
        return keras.applications.MobileNetV2(input_shape=(32, 32, 3), alpha=0.35, weights=None, classes=4)

    def write(path: Path, model, opset: int) -> None:
        (given,) = model.inputs
        signature = [tf.TensorSpec((None, *given.shape[1:]), given.dtype, name=given.name.split(":")[0])]
        called = tf.function(lambda x: model(x, training=False), input_signature=signature)
        written, _ = tf2onnx.convert.from_function(called, input_signature=signature, opset=opset)
        path.write_bytes(written.SerializeToString())
        shape = (3, *given.shape[1:])
        rows = random.integers(0, 20, shape) if given.dtype == "int32" else random.normal(size=shape)
        rows = rows.astype(given.dtype)
        answer = model(rows, training=False).numpy()
        write_answer(path, written.graph.output[0].name, answer, {signature[0].name: rows})

    kept = {"conv": (conv, 13), "dense": (dense, 18), "lstm": (lstm, 15), "attention": (attention, 13), "gru": (gru, 18)}
    for name, (make, opset) in kept.items():
        write(OUT / f"tensorflow-{name}.onnx", make(), opset)
    if everything is None:
        return
    for make in (conv, dense, lstm, unrolled_gru, gru, attention, image, transposed, mobilenet):
        for opset in (13, 18):
            write(everything / f"tensorflow-{make.__name__}-{opset}.onnx", make(), opset)


def from_huggingface(everything: Path | None) -> None:
    import numpy as np
    import torch
    import transformers as t

    torch.manual_seed(1)
    random = np.random.default_rng(1)

    def texts(rows: int = 2, length: int = 8) -> dict:
        mask = np.ones((rows, length), dtype=np.int64)
        mask[-1, 5:] = 0
        return {"input_ids": random.integers(1, 30, (rows, length)), "attention_mask": mask}

    def images() -> dict:
        return {"pixel_values": random.normal(size=(2, 3, 32, 32)).round(2).astype(np.float32)}

    def small(**more) -> dict:
        return {"num_hidden_layers": 1, "num_attention_heads": 2, "hidden_size": 8, "intermediate_size": 16, **more}

    words = {"vocab_size": 32, "max_position_embeddings": 16}
    many = {"image_size": 32, "num_labels": 3}
    models = {
        "bert": lambda: (t.BertForSequenceClassification(t.BertConfig(**small(**words), num_labels=3)), texts()),
        "distilbert": lambda: (
            t.DistilBertForSequenceClassification(
                t.DistilBertConfig(dim=8, hidden_dim=16, n_layers=1, n_heads=2, **words, num_labels=3)
            ),
            texts(),
        ),
        "gpt2": lambda: (
            t.GPT2LMHeadModel(
                t.GPT2Config(vocab_size=32, n_positions=16, n_embd=8, n_layer=1, n_head=2, use_cache=False)
            ),
            texts(),
        ),
        "llama": lambda: (
            t.LlamaForCausalLM(t.LlamaConfig(**small(**words), num_key_value_heads=1, use_cache=False)),
            texts(),
        ),
        "vit": lambda: (t.ViTForImageClassification(t.ViTConfig(**small(**many), patch_size=8)), images()),
        "mobilevit": lambda: (
            t.MobileViTForImageClassification(
                t.MobileViTConfig(
                    **many,
                    patch_size=2,
                    hidden_sizes=[16, 20, 24],
                    neck_hidden_sizes=[8, 8, 12, 12, 16, 16, 32],
                    num_attention_heads=2,
                )
            ),
            images(),
        ),
        "mobilenet": lambda: (
            t.MobileNetV2ForImageClassification(t.MobileNetV2Config(depth_multiplier=0.25, **many)),
            images(),
        ),
        "resnet": lambda: (
            t.ResNetForImageClassification(
                t.ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], num_labels=3)
            ),
            images(),
        ),
        "wav2vec2": lambda: (
            t.Wav2Vec2ForSequenceClassification(
                t.Wav2Vec2Config(
                    **small(),
                    conv_dim=(8, 8),
                    conv_stride=(5, 2),
                    conv_kernel=(10, 3),
                    num_feat_extract_layers=2,
                    num_conv_pos_embeddings=8,
                    num_conv_pos_embedding_groups=2,
                    classifier_proj_size=8,
                    num_labels=3,
                )
            ),
            {"input_values": random.normal(size=(2, 400)).astype(np.float32)},
        ),
    }

    class Logits(torch.nn.Module):
        """The model as a function of tensors by position."""

        def __init__(self, model, names) -> None:
            super().__init__()
            self.model, self.names = model, names

        def forward(self, first, second=None):
            given = [first] if second is None else [first, second]
            return self.model(**dict(zip(self.names, given))).logits

    def write(path: Path, name: str, dynamo: bool) -> None:
        model, inputs = models[name]()
        names = list(inputs)
        called = Logits(model.eval(), names).eval()
        given = tuple(torch.from_numpy(one) for one in inputs.values())
        axes = {0: "batch", 1: "sequence"} if "input_ids" in inputs else {0: "batch"}
        ends = {"input_names": names, "output_names": ["logits"]}
        if dynamo:
            lengths = {at: torch.export.Dim(axis, max=16 if at else None) for at, axis in axes.items()}
            shapes = tuple(lengths for _ in names)
            torch.onnx.export(
                called, given, str(path), dynamo=True, dynamic_shapes=shapes, external_data=False, verbose=False, **ends
            )
        else:
            open_axes = {one: axes for one in names} | {"logits": {0: "batch"}}
            torch.onnx.export(called, given, str(path), dynamo=False, dynamic_axes=open_axes, opset_version=17, **ends)
        write_answer(path, "logits", called(*given).detach().numpy(), inputs)

    for name in ("distilbert", "resnet"):
        write(OUT / f"huggingface-{name}.onnx", name, False)
    if everything is None:
        return
    for name in models:
        for dynamo in (False, True):
            write(everything / f"huggingface-{name}-{'dynamo' if dynamo else 'script'}.onnx", name, dynamo)


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    OUT.mkdir(parents=True, exist_ok=True)
    what = sys.argv[1]
    folder = Path(sys.argv[3]) if sys.argv[2:3] == ["--all"] else None
    if what in ("torch", "sklearn"):
        {"torch": from_torch, "sklearn": from_sklearn}[what]()
    else:
        {"tensorflow": from_tensorflow, "huggingface": from_huggingface}[what](folder)
