"""The collected table as Parquet, block by block; needs the extra ``parquet``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from psgscore.errors import UsageError


def csv_to_parquet(source: Path, target: Path, kinds: Mapping[str, str]) -> Path:
    """Write a CSV as Parquet and return its path; an empty cell is null.

    Parameters
    ----------
    source, target : Path
        The CSV, and the Parquet to write.
    kinds : mapping of str to str
        What each column holds: int, float or text; none where every cell is empty.

    Raises
    ------
    UsageError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import csv  # noqa: PLC0415
        from pyarrow import parquet as pq  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            '--parquet needs pyarrow: python -m pip install "psgscore[parquet]"'
        ) from None
    # A column without any value is one of numbers: nothing else is ever left out altogether.
    types = {"none": pa.float64(), "int": pa.int64(), "float": pa.float64(), "text": pa.string()}
    convert = csv.ConvertOptions(
        column_types={name: types[kind] for name, kind in kinds.items()},
        null_values=[""],
        strings_can_be_null=True,
    )
    with (
        csv.open_csv(source, convert_options=convert) as blocks,
        pq.ParquetWriter(target, blocks.schema) as writer,
    ):
        for block in blocks:
            writer.write_batch(block)
    return target
