import type { WindowDefinition } from "@tideline/spec";
import { lists, numbers, texts } from "./column-access.ts";
import type { Ragged } from "./column-reader.ts";
import type { Engine } from "./engine.ts";
import { tableOf, tableSql } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";
import { identifier, literal } from "./sql-text.ts";
import { gapsColumn } from "./table-schema.ts";

/** Consecutive samples of a session, as a phone sent them in one event, or those of it between two gaps. */
export interface FrameSamples {
  readonly subject: string;
  readonly session: string;
  /** Index of the first sample in the session. */
  readonly start: number;
  /** The event's `time` by the server's clock, and as much later as its earlier samples took; milliseconds since 1970. */
  readonly time: number;
  /** `[samples, channels]`, interleaved, in the order of `input`. */
  readonly values: Float32Array;
}

/** Options of {@link readFrames}; a window definition names all but the bucket. */
export type FrameSource = Pick<
  WindowDefinition,
  "event" | "field" | "session" | "start" | "input" | "rate"
> & {
  readonly bucket: number;
  readonly since?: number;
  /** Only these sessions; all where it is not given. */
  readonly sessions?: readonly string[];
};

/** `[samples, channels]` of one row's lists. */
function interleave(channels: readonly Ragged[], row: number): Float32Array {
  const { offsets } = channels[0]!;
  const [from, to] = [offsets[row]!, offsets[row + 1]!];
  const values = new Float32Array((to - from) * channels.length);
  for (const [channel, list] of channels.entries()) {
    let at = channel;
    for (let index = from; index < to; index += 1) {
      values[at] = list.values[index]!;
      at += channels.length;
    }
  }
  return values;
}

/** Present samples `[from, to)` of a frame that stand together; the first has index `start` in the session. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly start: number;
}

/** The runs of a frame of `samples` samples whose gaps are listed as `at,missing,at,missing`. */
function runsOf(start: number, samples: number, gaps: string | null): readonly Run[] {
  const numbers = gaps === null || gaps === "" ? [] : gaps.split(",").map(Number);
  const runs: Run[] = [];
  let [from, missing] = [0, 0];
  for (let index = 0; index < numbers.length; index += 2) {
    const at = numbers[index]!;
    if (at > from) runs.push({ from, to: at, start: start + from + missing });
    from = at;
    missing += numbers[index + 1]!;
  }
  runs.push({ from, to: samples, start: start + from + missing });
  // A phone may claim a start near the largest integer: what lies beyond it has no index and no window.
  return runs.filter((run) => Number.isSafeInteger(run.start));
}

/**
 * The frames of a bucket, by subject, session and start: what the framer takes. A session's frames stand together
 * and in order; overlaps and gaps are the framer's to see: a frame with gaps inside comes in as many pieces.
 *
 * @example
 * for await (const frame of readFrames(engine, snapshot, { ...activity.window, bucket: 0 })) {
 *   framerOf(frame.subject, frame.session).push(frame.start, frame.values);
 * }
 */
export async function* readFrames(
  engine: Pick<Engine, "stream">,
  snapshot: Snapshot,
  { event, field, session, start, input, rate, bucket, since, sessions: wanted }: FrameSource,
): AsyncGenerator<FrameSamples> {
  const channels = input.map((channel) => `${field}_${channel}`);
  const relation = tableSql(snapshot, event, {
    buckets: [bucket],
    ...(since === undefined ? {} : { since }),
  });
  // Snapshots of before there were gaps have no such column.
  const gapped = tableOf(snapshot, event).columns.some(({ name }) => name === gapsColumn(field));
  const rows = engine.stream(
    `select subject, ${identifier(session)} as "session", ${identifier(start)} as "start", "time",
            ${gapped ? `array_to_string(${identifier(gapsColumn(field))}, ',')` : "cast(null as varchar)"} as gaps,
            ${channels.map((name, index) => `${identifier(name)} as channel_${index}`).join(", ")}
       from ${relation}
      where ${identifier(channels[0]!)} is not null${
        wanted === undefined
          ? ""
          : ` and list_contains([${wanted.map(literal).join(", ")}]::varchar[], ${identifier(session)})`
      }
      order by subject, "session", "start", install_id, epoch, seq`,
  );
  for await (const columns of rows) {
    const [subjects, sessions] = [texts(columns, "subject"), texts(columns, "session")];
    const [starts, times] = [numbers(columns, "start"), numbers(columns, "time")];
    const gaps = texts(columns, "gaps");
    const samples = channels.map((_, index) => lists(columns, `channel_${index}`));
    for (let row = 0; row < subjects.length; row += 1) {
      const values = interleave(samples, row);
      const first = starts[row]!;
      for (const run of runsOf(first, values.length / input.length, gaps[row]!)) {
        yield {
          subject: subjects[row] ?? "",
          session: sessions[row] ?? "",
          start: run.start,
          time: times[row]! + ((run.start - first) * 1000) / rate,
          values: values.subarray(run.from * input.length, run.to * input.length),
        };
      }
    }
  }
}
