import { DuckDBListVector, type DuckDBDataChunk, type DuckDBVector } from "@duckdb/node-api";
import type { WindowShape } from "./evidence.ts";
import { quoted, type Lake } from "./lake.ts";

/** A row of the table that carries sensor samples. Times are milliseconds since 1970. */
export interface Frame {
  readonly install: string;
  readonly epoch: number;
  readonly seq: number;
  readonly subject: string;
  readonly session: string;
  /** Index of the first sample in the session. */
  readonly start: number;
  /** The phone's clock, and the corrected one. */
  readonly eventTime: number;
  readonly time: number;
  readonly samples: number;
  /** The samples of each channel. */
  readonly channels: readonly Float32Array[];
}

/** The numbers behind all lists of a vector. */
function floatsOf(vector: DuckDBVector): Float32Array {
  return (vector as unknown as { readonly items: Float32Array }).items;
}

/** Rows of a chunk whose last columns are FLOAT lists. */
function* framesOf(chunk: DuckDBDataChunk, channels: number): Generator<Frame> {
  const column = (index: number): DuckDBVector => chunk.getColumnVector(index);
  const lists = Array.from({ length: channels }, (_, index) => column(8 + index) as DuckDBListVector);
  const values = lists.map((list) => floatsOf(list.childVector));
  const meta = Array.from({ length: 8 }, (_, index) => column(index).toArray());
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const cell = (index: number) => meta[index]![row];
    const samples = lists[0]!.getEntryLength(row);
    yield {
      install: String(cell(0)),
      epoch: Number(cell(1)),
      seq: Number(cell(2)),
      subject: String(cell(3)),
      session: String(cell(4)),
      start: Number(cell(5)),
      eventTime: Number(cell(6)),
      time: Number(cell(7)),
      samples,
      channels: lists.map((list, channel) => {
        const from = list.getEntryOffset(row);
        return values[channel]!.subarray(from, from + list.getEntryLength(row));
      }),
    };
  }
}

/** Every frame of the lake, by person, session and first sample. */
export async function* lakeFrames(lake: Lake, window: WindowShape): AsyncGenerator<Frame> {
  const { event, field, session, start, input } = window;
  const lists = input.map((channel) => quoted(`${field}_${channel}`));
  const result = await lake.connection.stream(
    `select install_id, epoch, seq, subject, ${quoted(session)}, ${quoted(start)},
       epoch_ms(event_time)::double, epoch_ms(time)::double, ${lists.join(", ")}
     from ${lake.relation(event)} where ${lists[0]} is not null
     order by subject, ${quoted(session)}, ${quoted(start)}, install_id, epoch, seq`,
  );
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) return;
    yield* framesOf(chunk, input.length);
  }
}
