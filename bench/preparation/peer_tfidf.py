"""TF-IDF of texts, scikit-learn's defaults."""

import os


def sides(library, folder, rows):
    import pandas as pd
    from sklearn.feature_extraction.text import TfidfVectorizer

    def load():
        return pd.read_parquet(os.path.join(folder, "texts.parquet"))["text"].tolist()

    def run(texts):
        return TfidfVectorizer().fit_transform(texts)

    def digest(made):
        return {"texts": made.shape[0], "words": made.shape[1], "entries": made.nnz, "sum": made.data.sum()}

    return load, run, digest
