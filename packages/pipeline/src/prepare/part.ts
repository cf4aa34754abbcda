import { createHash } from "node:crypto";
import {
  dropColumns,
  emptyFrame,
  frameSchema,
  pickColumns,
  withColumns,
  type Frame,
  type FrameSchema,
  type FrameSource,
} from "@tideline/learn/frame";
import { fittedChain, type FittedTransform } from "@tideline/learn/transform";

/** Names of parts: `all` before the split. */
export const PARTS = ["train", "validation", "test"] as const;
/** What rows are for. */
export type PartName = (typeof PARTS)[number];

/** What is done to rows as they are read, a piece after the other. */
export interface RowChange {
  /** By its content: equal ones do the same. */
  readonly id: string;
  /** A pass of its own over the rows. */
  begin(): Promise<(rows: Frame) => Frame | Promise<Frame>>;
  /** For a transform of columns alone, so that several are applied at once. */
  readonly transform?: FittedTransform;
}

/** Rows at a point of a preparation: those of a source, changed as they are read. Nothing of them is in memory. */
export interface Part {
  readonly source: FrameSource;
  /** By its content: the hash of the source's bytes. */
  readonly base: string;
  readonly changes: readonly RowChange[];
  /** Columns that no step sees. */
  readonly beside: readonly string[];
}

/** Rows with one more change. */
export const changed = (part: Part, change: RowChange): Part =>
  Object.freeze({ ...part, changes: Object.freeze([...part.changes, change]) });

/** The content address of rows: of the source's bytes and all that was done to them. */
export function partId({ base, changes, beside }: Part): string {
  const hash = createHash("sha256").update(JSON.stringify([base, [...beside].sort()]));
  for (const { id } of changes) hash.update(id);
  return hash.digest("hex");
}

/** The rows in pieces, beside columns included. */
export async function* readPart(part: Part): AsyncGenerator<Frame> {
  const pass = await beginPass(part);
  for await (const piece of part.source.read()) {
    const rows = await pass(piece);
    if (rows.rows > 0) yield rows;
  }
}

/** Rows of several parts of one table, read once: each piece of it part by part. */
export async function* readParts(
  parts: Readonly<Record<string, Part>>,
): AsyncGenerator<{ readonly name: string; readonly rows: Frame }> {
  const all = Object.entries(parts);
  const [[, first]] = all as [[string, Part]];
  // What was done before the rows were parted is done once.
  let shared = 0;
  while (
    shared < first.changes.length &&
    all.every(([, { changes }]) => changes[shared] === first.changes[shared])
  )
    shared++;
  const common = await beginPass({ ...first, changes: first.changes.slice(0, shared) });
  const rest: (readonly [string, (rows: Frame) => Promise<Frame>])[] = [];
  for (const [name, part] of all)
    rest.push([name, await beginPass({ ...part, changes: part.changes.slice(shared) })]);
  for await (const piece of first.source.read()) {
    const given = await common(piece);
    for (const [name, pass] of rest) {
      const rows = await pass(given);
      if (rows.rows > 0) yield { name, rows };
    }
  }
}

/** The columns of a part. */
export async function partSchema(part: Part): Promise<FrameSchema> {
  const pass = await beginPass(part);
  return frameSchema(await pass(emptyFrame(part.source.schema)));
}

/** A part as a source of frames. */
export async function partSource(part: Part): Promise<FrameSource> {
  const schema = await partSchema(part);
  return Object.freeze({
    schema,
    async *read(columns?: readonly string[]): AsyncGenerator<Frame> {
      for await (const piece of readPart(part))
        yield columns === undefined ? piece : pickColumns(piece, columns);
    },
  });
}

/** The columns that steps see. */
export function seenColumns(rows: Frame, beside: readonly string[]): Frame {
  return dropColumns(
    rows,
    beside.filter((name) => rows.columns.some((column) => column.name === name)),
  );
}

/** Changes the columns that steps see, and leaves the others beside them. */
export function besideOthers(
  beside: readonly string[],
  change: (rows: Frame) => Frame,
): (rows: Frame) => Frame {
  return (rows) => {
    const others = rows.columns.filter(({ name }) => beside.includes(name));
    return withColumns(change(seenColumns(rows, beside)), others);
  };
}

/** One pass: transforms that follow one another are applied together. */
async function beginPass({ changes, beside }: Part): Promise<(rows: Frame) => Promise<Frame>> {
  const run: ((rows: Frame) => Frame | Promise<Frame>)[] = [];
  let together: FittedTransform[] = [];
  const settle = (): void => {
    if (together.length === 0) return;
    const { transform } = fittedChain(together, [], []);
    run.push(besideOthers(beside, transform));
    together = [];
  };
  for (const change of changes) {
    if (change.transform !== undefined) together.push(change.transform);
    else {
      settle();
      run.push(await change.begin());
    }
  }
  settle();
  return async (rows) => {
    let now = rows;
    for (const change of run) now = await change(now);
    return now;
  };
}
