import { decodeJournal, type Storage } from "@tideline/device";
import type { AppDefinition, FrameReference, PredictionSource, TextCodec } from "@tideline/spec";

/** How far a session had come when its phone last wrote. */
export interface SessionProgress {
  /** Sample after the last journaled one. */
  readonly next: number;
  /** The device's clock at sample 0. */
  readonly startTime: number;
}

/** What a phone's journal says that it has done, whatever its process remembers. */
export interface Journaled {
  readonly enrolled: boolean;
  readonly sessions: ReadonlyMap<string, SessionProgress>;
  /** Sessions that the person has named. */
  readonly annotated: ReadonlySet<string>;
  readonly predictions: Readonly<Record<PredictionSource, number>>;
}

/** Reads a phone's journal. */
export async function readJournaled(
  storage: Storage,
  app: AppDefinition,
  text: TextCodec,
): Promise<Journaled> {
  const { window, sessionLabel, cohorts } = app.models[0]!;
  const sessions = new Map<string, SessionProgress>();
  const annotated = new Set<string>();
  const predictions = { device: 0, endpoint: 0, last: 0, rule: 0 };
  let enrolled = false;
  for (const name of await storage.list("journal-")) {
    const { records } = decodeJournal((await storage.read(name)) ?? new Uint8Array(0), text);
    for (const { header } of records) {
      const { properties } = header;
      if (header.name === cohorts.event) enrolled = true;
      if (header.name === sessionLabel.event) annotated.add(properties[sessionLabel.session] as string);
      if (header.name === "prediction") predictions[properties["source"] as PredictionSource] += 1;
      if (header.name !== window.event) continue;
      const { samples } = properties[window.field] as FrameReference;
      const next = (properties[window.start] as number) + samples;
      const startTime = Math.round(header.time - (next * 1000) / window.rate);
      sessions.set(properties[window.session] as string, { next, startTime });
    }
  }
  return { enrolled, sessions, annotated, predictions };
}
