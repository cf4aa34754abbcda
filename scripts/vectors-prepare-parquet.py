"""Writes vectors/prepare/parquet/*.parquet: columns in each encoding of Parquet that no dictionary has, as pyarrow writes them,
and one file whose pages have checksums. What stands in them is a formula, which the test has as well.

Run it with Python and pyarrow 26.0.1; it gives the same files each time.
"""

import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

OUT = pathlib.Path(__file__).parent.parent / "vectors" / "prepare" / "parquet"
OUT.mkdir(parents=True, exist_ok=True)
ROWS = range(300)


def text(row):
    if row % 5 == 1:
        return None
    return "" if row % 11 == 0 else f"https://example.org/{row * 7919 % 1000}/" + "ü" * (row % 4)


table = pa.table(
    {
        "shared": pa.array([text(row) for row in ROWS]),
        "lengths": pa.array([text(row) for row in ROWS]),
        "none": pa.array([None for _ in ROWS], pa.string()),
        "narrow": pa.array([None if row % 7 == 1 else row * 2654435761 % 2**32 - 2**31 for row in ROWS], pa.int32()),
        "wide": pa.array([(-1) ** row * row * row * 1000003 for row in ROWS], pa.int64()),
        "split": pa.array([row / 4 for row in ROWS], pa.float32()),
    }
)
ENCODINGS = {
    "shared": "DELTA_BYTE_ARRAY",
    "lengths": "DELTA_LENGTH_BYTE_ARRAY",
    "none": "DELTA_BYTE_ARRAY",
    "narrow": "DELTA_BINARY_PACKED",
    "wide": "DELTA_BINARY_PACKED",
    "split": "BYTE_STREAM_SPLIT",
}
for name, version, checksum in [("first", "1.0", False), ("second", "2.0", False), ("checked", "1.0", True)]:
    pq.write_table(
        table,
        OUT / f"{name}.parquet",
        use_dictionary=False,
        column_encoding=ENCODINGS,
        compression="none",
        data_page_version=version,
        data_page_size=512,
        write_batch_size=32,
        row_group_size=170,
        write_page_checksum=checksum,
        store_schema=False,
    )
