import type { EventShape, WindowShape } from "./evidence.ts";
import { frameFault } from "./content-audit.ts";
import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import { lakeFrames, type Frame } from "./frame.ts";
import { windowsOf, type FramedWindow } from "./framing.ts";
import type { Recorded } from "./journal.ts";
import type { Lake } from "./lake.ts";
import { largestDifference, type Runner } from "./onnx.ts";
import type { LivePrediction } from "./prediction.ts";
import { BATCH, loadRelease, PROBABILITY_TOLERANCE } from "./release-audit.ts";
import type { EvidenceRelease } from "./release.ts";
import { tableSkewFindings } from "./table-audit.ts";

/** What {@link auditSkew} needs. */
export interface SkewSources {
  readonly lake: Lake;
  readonly window: WindowShape;
  readonly event: EventShape;
  readonly recorded: ReadonlyMap<string, Recorded>;
  readonly predictions: readonly LivePrediction[];
  readonly releases: readonly EvidenceRelease[];
  /** Windows on which runtimes were compared: they have to be of the lake. */
  readonly heldOut: readonly Float32Array[];
  /** Installs of phones that have nothing but the model table: measured apart as well. */
  readonly tableOnly: ReadonlySet<string>;
}

/** The parts of the report that this file recomputes. */
export interface SkewReport {
  readonly compared?: unknown;
  readonly maxDifference?: unknown;
}

/** Windows of one release that wait for the model, with what phones reported for them. */
interface Waiting {
  readonly runner: Runner;
  windows: { readonly window: FramedWindow; readonly reported: readonly number[] }[];
}

/** Runs the windows that wait and answers the largest difference to what phones reported. */
async function compareWaiting(waiting: Waiting): Promise<number> {
  const { runner, windows } = waiting;
  waiting.windows = [];
  if (windows.length === 0) return 0;
  const length = windows[0]!.window.values.length;
  const values = new Float32Array(windows.length * length);
  for (const [index, { window }] of windows.entries()) values.set(window.values, index * length);
  const found = await runner.run(values, windows.length);
  const width = found.length / windows.length;
  return largestDifference(
    found,
    windows.flatMap(({ reported }) => (reported.length === width ? reported : [])),
  );
}

/** Frames of one session of one person at a time. */
async function* sessionsOf(frames: AsyncIterable<Frame>): AsyncGenerator<readonly Frame[]> {
  let session: Frame[] = [];
  for await (const frame of frames) {
    const first = session[0];
    if (first !== undefined && (first.subject !== frame.subject || first.session !== frame.session)) {
      yield session;
      session = [];
    }
    session.push(frame);
  }
  if (session.length > 0) yield session;
}

/** The bytes of a window, as a text to look it up by. */
const windowText = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("latin1");

const windowKey = (session: string, start: number): string => `${session}/${start}`;

/** Predictions that phones made with a known release, by person, then by window. */
function byWindow(predictions: readonly LivePrediction[], releases: ReadonlyMap<string, Waiting>) {
  const people = new Map<string, Map<string, LivePrediction[]>>();
  for (const prediction of predictions) {
    const { source, release, probabilities, subject, session, start } = prediction;
    if (source !== "device" || !releases.has(release) || !probabilities?.length) continue;
    const windows = people.get(subject) ?? new Map<string, LivePrediction[]>();
    people.set(subject, windows);
    const key = windowKey(session, start);
    windows.set(key, [...(windows.get(key) ?? []), prediction]);
  }
  return people;
}

/**
 * Frames the lake's samples once more, runs the released models over every window that a phone answered, and
 * compares. On the way every stored sample is held against the journals.
 */
export async function auditSkew(
  sources: SkewSources,
  report: SkewReport,
  tableReport: Readonly<Record<string, unknown>> | undefined,
): Promise<readonly Finding[]> {
  const { lake, window, event, recorded, predictions, releases, tableOnly } = sources;
  const [waiting, waitingTable] = [new Map<string, Waiting>(), new Map<string, Waiting>()];
  for (const release of releases) {
    const runner = await loadRelease("onnxruntime-node", release);
    for (const queues of [waiting, waitingTable]) queues.set(release.id, { runner, windows: [] });
  }
  const answered = byWindow(predictions, waiting);
  const faults: string[] = [];
  const strange = new Set(sources.heldOut.map(windowText));
  const looked = `${strange.size} windows`;
  let [compared, largest, samples] = [0, 0, 0];
  let [tableCompared, tableLargest] = [0, 0];
  const note = async (queues: ReadonlyMap<string, Waiting>, queue: Waiting): Promise<void> => {
    const difference = await compareWaiting(queue);
    if (!(difference <= largest)) largest = difference;
    if (queues === waitingTable && !(difference <= tableLargest)) tableLargest = difference;
  };
  for await (const frames of sessionsOf(lakeFrames(lake, window))) {
    for (const frame of frames) {
      samples += frame.samples;
      const fault = frameFault(event, window.field, frame, recorded);
      if (fault !== undefined) faults.push(fault);
    }
    const wanted = answered.get(frames[0]!.subject);
    for (const found of windowsOf(frames, window)) {
      strange.delete(windowText(found.values));
      const answers = wanted?.get(windowKey(found.session, found.start)) ?? [];
      if (answers.length > 0) compared += 1;
      if (answers.some(({ install }) => tableOnly.has(install))) tableCompared += 1;
      for (const { install, release, probabilities } of answers) {
        const queues = tableOnly.has(install) ? waitingTable : waiting;
        const queue = queues.get(release)!;
        queue.windows.push({ window: found, reported: probabilities! });
        if (queue.windows.length === BATCH) await note(queues, queue);
      }
    }
  }
  for (const queues of [waiting, waitingTable]) {
    for (const queue of queues.values()) await note(queues, queue);
  }
  for (const { runner } of waiting.values()) await runner.release();
  const table = { phones: tableOnly.size, compared: tableCompared, largest: tableLargest };
  return [
    compareFigure("skew.compared", report.compared, compared),
    compareFigure("skew.maxDifference", report.maxDifference, largest, { tolerance: PROBABILITY_TOLERANCE }),
    ...tableSkewFindings(tableReport, table, PROBABILITY_TOLERANCE),
    checkEvidence(
      "windows for parity are windows of the lake",
      [...strange].map(() => "a window is of nobody"),
      looked,
    ),
    checkEvidence("stored samples are the recorded ones, bit for bit", faults, `${samples} samples`),
  ];
}
