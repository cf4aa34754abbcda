import type { WindowShape } from "./evidence.ts";
import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import type { Recorded } from "./journal.ts";
import type { LivePrediction } from "./prediction.ts";
import type { Phone, PlayedSession, Pseudonyms } from "./truth.ts";
import { readUci, type UciSegment } from "./uci.ts";

/** Channels of a sample. */
const WIDTH = 6;

/** A frame of a journal. */
interface Piece {
  readonly start: number;
  readonly values: Float32Array;
}

/** Frames of the journals, by install and session. */
function piecesOf(recorded: Iterable<Recorded>, { event, field, session, start }: WindowShape) {
  const pieces = new Map<string, Piece[]>();
  for (const { name, install, properties, attachment } of recorded) {
    if (name !== event) continue;
    const place = properties[field] as { offset: number; samples: number } | undefined;
    if (place === undefined) continue;
    const bytes = Uint8Array.from(
      attachment.subarray(place.offset, place.offset + place.samples * WIDTH * 4),
    );
    const key = `${install}/${String(properties[session])}`;
    const list = pieces.get(key) ?? [];
    pieces.set(key, list);
    list.push({ start: Number(properties[start]), values: new Float32Array(bytes.buffer) });
  }
  return pieces;
}

/** Whether a frame is that part of the recording; a turn by 180 degrees about z changes the sign of x and y. */
function isPart({ start, values }: Piece, { samples }: UciSegment, turned: boolean): boolean {
  const from = start * WIDTH;
  if (from + values.length > samples.length) return false;
  return values.every((value, index) => {
    const sign = turned && index % 3 < 2 ? -1 : 1;
    return value === sign * samples[from + index]!;
  });
}

/** The one recording of a person that a session's frames are of. */
function findSegment(
  pieces: readonly Piece[],
  segments: readonly UciSegment[],
  turned: boolean,
): UciSegment | undefined {
  return segments.find((segment) => pieces.every((piece) => isPart(piece, segment, turned)));
}

/** Windows that phones of test people answered in one phase, and those that they could have. */
interface Pass {
  readonly possible: number;
  readonly predicted: number;
}

/** What the test people's phones answered, by phase. */
function passesOf(
  phones: readonly Phone[],
  pseudonyms: Pseudonyms,
  predictions: readonly LivePrediction[],
  segmentOf: ReadonlyMap<PlayedSession, UciSegment>,
): ReadonlyMap<string, Pass> {
  const answered = new Map<string, Set<number>>();
  for (const { subject, session, start } of predictions) {
    const key = `${subject}/${session}`;
    answered.set(key, (answered.get(key) ?? new Set()).add(start));
  }
  const passes = new Map<string, Pass>();
  for (const { install, sessions } of phones) {
    for (const played of sessions) {
      const segment = segmentOf.get(played);
      if (segment?.part !== "test") continue;
      const before = passes.get(played.phase) ?? { possible: 0, predicted: 0 };
      const starts = answered.get(`${pseudonyms.get(install)}/${played.session}`)?.size ?? 0;
      passes.set(played.phase, {
        possible: before.possible + segment.windows,
        predicted: before.predicted + starts,
      });
    }
  }
  return passes;
}

/** What is wrong with a played session, or the recording that it is. */
function judgeSession(
  subject: string,
  played: PlayedSession,
  pieces: readonly Piece[],
  segments: readonly UciSegment[],
): UciSegment | string {
  const who = `session ${played.session} of ${subject}`;
  if (pieces.length === 0) return `${who} was never recorded`;
  const segment = findSegment(pieces, segments, played.turned);
  if (segment === undefined) return `${who} is no recording of this person`;
  if (segment.activity !== played.activity) return `${who} is ${segment.activity}, not ${played.activity}`;
  const recorded = pieces.reduce((sum, { values }) => sum + values.length, 0);
  if (recorded !== segment.samples.length || played.samples * WIDTH !== recorded) {
    return `${who} has ${recorded / WIDTH} of ${segment.samples.length / WIDTH} samples`;
  }
  return segment;
}

/** Holds the journals against the recordings, read from the raw files, and counts the test windows. */
export function auditUci(
  folder: string,
  sources: {
    readonly phones: readonly Phone[];
    readonly pseudonyms: Pseudonyms;
    readonly recorded: ReadonlyMap<string, Recorded>;
    readonly predictions: readonly LivePrediction[];
    readonly window: WindowShape;
  },
): readonly Finding[] {
  const { phones, pseudonyms, recorded, predictions, window } = sources;
  const bySubject = Map.groupBy(readUci(folder), ({ subject }) => subject);
  const pieces = piecesOf(recorded.values(), window);
  const segmentOf = new Map<PlayedSession, UciSegment>();
  const faults: string[] = [];
  for (const { subject, install, sessions } of phones) {
    for (const played of sessions) {
      const found = pieces.get(`${install}/${played.session}`) ?? [];
      const judged = judgeSession(subject, played, found, bySubject.get(subject) ?? []);
      if (typeof judged === "string") faults.push(judged);
      else segmentOf.set(played, judged);
    }
  }
  const published = [...bySubject.values()]
    .flat()
    .reduce((sum, { part, windows }) => sum + (part === "test" ? windows : 0), 0);
  const full = [...passesOf(phones, pseudonyms, predictions, segmentOf)].filter(
    ([, { possible, predicted }]) => possible === published && predicted > 0,
  );
  return [
    checkEvidence(
      "journals hold the published recordings, bit for bit",
      faults,
      `${segmentOf.size} sessions`,
    ),
    checkEvidence(
      "a full pass over the test people was predicted",
      full.length === 0 ? ["there is none"] : [],
    ),
    ...full.map(([phase, { predicted }]) =>
      compareFigure(`test windows predicted (${phase})`, published, predicted),
    ),
  ];
}
