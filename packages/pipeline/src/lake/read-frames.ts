import type { WindowDefinition } from "@tideline/spec";
import { lists, numbers, texts } from "./column-access.ts";
import type { Ragged } from "./column-reader.ts";
import type { Engine } from "./engine.ts";
import { tableSql } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";
import { identifier, literal } from "./sql-text.ts";

/** Consecutive samples of a session, as a phone sent them in one event. */
export interface FrameSamples {
  readonly subject: string;
  readonly session: string;
  /** Index of the first sample in the session. */
  readonly start: number;
  /** When the first sample was taken, by the server's clock: the event's `time`, milliseconds since 1970. */
  readonly time: number;
  /** `[samples, channels]`, interleaved, in the order of `input`. */
  readonly values: Float32Array;
}

/** Options of {@link readFrames}; a window definition names all but the bucket. */
export type FrameSource = Pick<WindowDefinition, "event" | "field" | "session" | "start" | "input"> & {
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

/**
 * The frames of a bucket, by subject, session and start: what the framer takes. A session's frames stand together
 * and in order; overlaps and gaps are the framer's to see.
 *
 * @example
 * for await (const frame of readFrames(engine, snapshot, { ...activity.window, bucket: 0 })) {
 *   framerOf(frame.subject, frame.session).push(frame.start, frame.values);
 * }
 */
export async function* readFrames(
  engine: Pick<Engine, "stream">,
  snapshot: Snapshot,
  { event, field, session, start, input, bucket, since, sessions: wanted }: FrameSource,
): AsyncGenerator<FrameSamples> {
  const channels = input.map((channel) => `${field}_${channel}`);
  const relation = tableSql(snapshot, event, {
    buckets: [bucket],
    ...(since === undefined ? {} : { since }),
  });
  const rows = engine.stream(
    `select subject, ${identifier(session)} as "session", ${identifier(start)} as "start", "time",
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
    const samples = channels.map((_, index) => lists(columns, `channel_${index}`));
    for (let row = 0; row < subjects.length; row += 1) {
      yield {
        subject: subjects[row] ?? "",
        session: sessions[row] ?? "",
        start: starts[row]!,
        time: times[row]!,
        values: interleave(samples, row),
      };
    }
  }
}
