import { createFramer, type Framer, type WindowDefinition } from "@tideline/spec";
import { readFrames, type Engine, type Snapshot } from "../lake/index.ts";

/** A window of a session in the lake. */
export interface FramedWindow {
  readonly subject: string;
  readonly session: string;
  /** First sample in the session. */
  readonly start: number;
  /** End of the window on the corrected clock, milliseconds since 1970. */
  readonly time: number;
  /** `[size, channels]` */
  readonly values: Float32Array;
}

/** What was read on the way. */
export interface FramingTally {
  frames: number;
  gaps: number;
}

/** The windows of a bucket of people (of some sessions), by subject, session and start, framed as the phone does. */
export async function* framedWindows(
  engine: Engine,
  snapshot: Snapshot,
  window: WindowDefinition,
  bucket: number,
  tally: FramingTally = { frames: 0, gaps: 0 },
  sessions?: readonly string[],
): AsyncGenerator<FramedWindow> {
  let framer: Framer | undefined;
  let [subject, session] = ["", ""];
  for await (const frame of readFrames(engine, snapshot, {
    ...window,
    bucket,
    ...(sessions === undefined ? {} : { sessions }),
  })) {
    tally.frames += 1;
    if (framer === undefined || frame.subject !== subject || frame.session !== session) {
      tally.gaps += framer?.gaps.length ?? 0;
      framer = createFramer(window);
      ({ subject, session } = frame);
    }
    for (const { start, values } of framer.push(frame.start, frame.values)) {
      const time = frame.time + ((start + window.size - frame.start) / window.rate) * 1000;
      yield { subject, session, start, time, values };
    }
  }
  tally.gaps += framer?.gaps.length ?? 0;
}

/** Names a window across tables. */
export const windowKey = (subject: string, session: string, start: number): string =>
  `${subject}/${session}/${start}`;
