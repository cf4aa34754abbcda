import { tidelineError } from "@tideline/spec/error";
import type { Frame, FrameSchema, FrameSource, SourceReadOptions } from "./column.ts";
import { compareSchema } from "./compare-schema.ts";
import { concatFrames } from "./concat-frames.ts";
import { filterRows } from "./filter-rows.ts";
import { columnNamed, frame, frameSchema, pickColumns } from "./frame.ts";
import { sliceRows } from "./slice-rows.ts";

/** A source of frames in memory. @throws ARGUMENT_INVALID for none, or frames of different schemas. */
export function sourceOf(...frames: readonly [Frame, ...Frame[]]): FrameSource {
  const schema = frameSchema(frames[0]);
  for (const [at, one] of frames.entries()) checkSame("sourceOf", `frames[${at}]`, schema, frameSchema(one));
  return source(schema, async function* read(names) {
    for (const one of frames) yield names === undefined ? one : pickColumns(one, names);
  });
}

/**
 * A source whose pieces are changed by `change`, which sees every column of the piece and puts other arrays in their place.
 *
 * @param schema What `change` gives.
 */
export function mapSource(
  from: FrameSource,
  change: (rows: Frame) => Frame | Promise<Frame>,
  schema: FrameSchema,
): FrameSource {
  return source(schema, async function* read(names) {
    for await (const rows of from.read()) {
      const changed = await change(rows);
      checkSame("mapSource", "change", schema, frameSchema(changed));
      yield names === undefined ? changed : pickColumns(changed, names);
    }
  });
}

/** A source of the rows that `keep` says: a mask of each piece, which holds every column. Pieces without rows are left out. */
export function filterSource(
  from: FrameSource,
  keep: (rows: Frame) => Uint8Array | readonly boolean[],
): FrameSource {
  return source(from.schema, async function* read(names) {
    for await (const rows of from.read()) {
      const kept = filterRows(rows, keep(rows));
      if (kept.rows > 0) yield names === undefined ? kept : pickColumns(kept, names);
    }
  });
}

/** A source of the first `count` rows; the reader behind it is closed when they have come. */
export function takeSource(from: FrameSource, count: number): FrameSource {
  checkCount("takeSource", count, 0);
  return source(from.schema, async function* read(names) {
    let left = count;
    if (left === 0) return;
    for await (const rows of from.read(names)) {
      yield rows.rows <= left ? rows : sliceRows(rows, 0, left);
      left -= rows.rows;
      if (left <= 0) return;
    }
  });
}

/** A source whose pieces have exactly `count` rows, the last one perhaps fewer. */
export function rebatchSource(from: FrameSource, count: number): FrameSource {
  checkCount("rebatchSource", count, 1);
  return source(from.schema, async function* read(names) {
    let held: Frame[] = [];
    let rows = 0;
    for await (const piece of from.read(names)) {
      let start = 0;
      while (rows + piece.rows - start >= count) {
        const end = start + count - rows;
        yield concatFrames([...held, sliceRows(piece, start, end)]);
        [held, rows, start] = [[], 0, end];
      }
      if (start < piece.rows) held.push(sliceRows(piece, start));
      rows += piece.rows - start;
    }
    if (rows > 0) yield concatFrames(held);
  });
}

/** The rows of several sources, one after the other. @throws ARGUMENT_INVALID for none, or different schemas. */
export function concatSources(...sources: readonly [FrameSource, ...FrameSource[]]): FrameSource {
  const [{ schema }] = sources;
  for (const [at, one] of sources.entries()) checkSame("concatSources", `sources[${at}]`, schema, one.schema);
  return source(schema, async function* read(names) {
    for (const one of sources) yield* one.read(names);
  });
}

/** Options of {@link collectFrame}. */
export interface CollectOptions {
  readonly columns?: readonly string[];
  /** More rows are an error. Default 2^31 - 1. */
  readonly most?: number;
}

/** All rows of a source as one frame. @throws DATA_MALFORMED for more rows than `most`. */
export async function collectFrame(
  from: FrameSource,
  { columns, most = 0x7fff_ffff }: CollectOptions = {},
): Promise<Frame> {
  const pieces: Frame[] = [];
  let rows = 0;
  for await (const piece of from.read(columns, wholePiece(from, most))) {
    pieces.push(piece);
    rows += piece.rows;
    if (rows > most)
      throw tidelineError("DATA_MALFORMED", {
        who: "collectFrame",
        expected: `at most ${most} rows`,
        received: "more",
        remedy: "Read it in pieces, or take fewer: takeSource.",
      });
  }
  if (pieces.length > 0) return concatFrames(pieces);
  const schema = columns?.map((name) => from.schema.find((column) => column.name === name)!) ?? from.schema;
  return emptyFrame(schema);
}

/** Numbers that are made room for at once, because a file says so: 8 GiB of float64. */
const MOST_AT_ONCE = 2 ** 30;

/** All rows as one piece, which needs no copy of it, where their number is known. */
function wholePiece({ rowCount = 0, schema }: FrameSource, most: number): SourceReadOptions {
  const width = schema.reduce((sum, { width: own = 1 }) => sum + own, 0);
  return rowCount > 0 && rowCount <= most && rowCount * width <= MOST_AT_ONCE ? { pieceRows: rowCount } : {};
}

/** A frame of a schema without rows. */
export function emptyFrame(schema: FrameSchema): Frame {
  const none = { offsets: new Int32Array(1) };
  return frame(
    schema.map((column) => {
      const { name, kind } = column;
      switch (kind) {
        case "string":
          return { kind, name, codes: new Int32Array(0), dictionary: [] };
        case "integer":
          return { ...column, kind, values: new Int32Array(0) };
        case "boolean":
          return { kind, name, values: new Uint8Array(0) };
        case "series":
          return { kind, name, ...none, values: new Float64Array(0) };
        case "bytes":
          return { kind, name, ...none, values: new Uint8Array(0) };
        case "vector":
          return { ...column, kind, width: column.width ?? 1, values: new Float64Array(0) };
        default:
          return { ...column, kind, values: new Float64Array(0) };
      }
    }),
  );
}

function source(
  schema: FrameSchema,
  read: (names: readonly string[] | undefined) => AsyncGenerator<Frame>,
): FrameSource {
  return Object.freeze({
    schema,
    read(names?: readonly string[]): AsyncIterable<Frame> {
      if (names !== undefined) for (const name of names) columnNamed(emptyFrame(schema), name, "read");
      return read(names);
    },
  });
}

function checkSame(who: string, field: string, expected: FrameSchema, received: FrameSchema): void {
  const [found] = compareSchema(expected, received);
  if (found === undefined) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field,
    expected:
      found.before === "" ? `no column "${found.column}"` : `column "${found.column}": ${found.before}`,
    received: found.after || "none of that name",
  });
}

function checkCount(who: string, count: number, least: number): void {
  if (Number.isSafeInteger(count) && count >= least) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "count",
    expected: `an integer of at least ${least}`,
    received: String(count),
  });
}
