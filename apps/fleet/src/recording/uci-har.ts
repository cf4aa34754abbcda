import { HOP, WIDTH, WINDOW, type Cohort, type RecordedSession, type Recording } from "./recording.ts";
import { malformed, readLayout, readRows, readSignals, type UciLayout, type UciRow } from "./uci-table.ts";

/** The six channels that a phone has, by the names of `layout.json`. */
export const PHONE_CHANNELS = [
  "total_acc_x",
  "total_acc_y",
  "total_acc_z",
  "body_gyro_x",
  "body_gyro_y",
  "body_gyro_z",
] as const;

/** Test people who send their labels later as corrections, and those who never enter any training. */
const BETA: ReadonlySet<number> = new Set([2, 4, 9, 10]);
const CONTROL: ReadonlySet<number> = new Set([12, 13, 18, 20, 24]);

/** One part of the recordings, still in windows. */
export interface UciPart {
  readonly layout: UciLayout;
  readonly rows: readonly UciRow[];
  /** `[windows, 128, channels]`, row-major. */
  readonly signals: Float32Array;
}

/** Reads the official training or test part; every fault names its file. */
export async function readUciPart(folder: string, part: "train" | "test"): Promise<UciPart> {
  const layout = await readLayout(folder);
  if (layout.shapes[part][1] !== WINDOW) {
    throw malformed("layout.json", `windows of ${WINDOW} samples`, `${layout.shapes[part][1]}`);
  }
  const rows = await readRows(folder, part, layout);
  return { layout, rows, signals: await readSignals(folder, part, layout) };
}

/** A person's part of the study; the official split says who teaches. */
function cohortOf(subject: number, part: "train" | "test"): Cohort {
  const cohort = BETA.has(subject) ? "beta" : CONTROL.has(subject) ? "control" : "study";
  if ((cohort === "study") !== (part === "train")) {
    throw malformed(`meta_${part}.csv`, `people of the official ${part} split`, `subject ${subject}`);
  }
  return cohort;
}

/** One unbroken stream of a segment's windows: the first one whole, then what each next one adds. */
function joinWindows(
  part: "train" | "test",
  { layout, rows, signals }: UciPart,
  segment: readonly number[],
): Float32Array {
  const columns = PHONE_CHANNELS.map((channel) => {
    const column = layout.channels.indexOf(channel);
    if (column < 0) throw malformed("layout.json", `a channel ${channel}`, layout.channels.join(", "));
    return column;
  });
  const width = layout.channels.length;
  const samples = new Float32Array((WINDOW + (segment.length - 1) * HOP) * WIDTH);
  for (const [order, index] of segment.entries()) {
    for (let time = 0; time < WINDOW; time += 1) {
      const from = (index * WINDOW + time) * width;
      const to = (order * HOP + time) * WIDTH;
      for (let channel = 0; channel < WIDTH; channel += 1) {
        const value = signals[from + columns[channel]!]!;
        if (!Number.isFinite(value)) {
          throw malformed(`signals_${part}.f32.gz window ${index}`, "finite numbers", `${value}`);
        }
        if (order > 0 && time < WINDOW - HOP && samples[to + channel] !== value) {
          const { subject, segment: number, position } = rows[index]!;
          throw malformed(
            `signals_${part}.f32.gz window ${index}`,
            "a first half that is the window before's second half",
            `other samples (subject ${subject}, segment ${number}, position ${position})`,
          );
        }
        samples[to + channel] = value;
      }
    }
  }
  return samples;
}

/** Rows of a part by subject and segment, each segment in order of position. */
function segmentsOf(part: "train" | "test", rows: readonly UciRow[]): Map<number, Map<number, number[]>> {
  const people = new Map<number, Map<number, number[]>>();
  for (const [index, { subject, segment }] of rows.entries()) {
    const segments = people.get(subject) ?? new Map<number, number[]>();
    people.set(subject, segments);
    segments.set(segment, [...(segments.get(segment) ?? []), index]);
  }
  for (const segments of people.values()) {
    for (const windows of segments.values()) {
      windows.sort((left, right) => rows[left]!.position - rows[right]!.position);
      const first = rows[windows[0]!]!;
      for (const [order, index] of windows.entries()) {
        const row = rows[index]!;
        if (row.position === order && row.label === first.label) continue;
        throw malformed(
          `meta_${part}.csv line ${index + 2}`,
          `position ${order} of one label in segment ${row.segment} of subject ${row.subject}`,
          `position ${row.position}, label ${row.label}`,
        );
      }
    }
  }
  return people;
}

/** Recordings of one part, by subject. */
function recordingsOf(part: "train" | "test", read: UciPart): Recording[] {
  return [...segmentsOf(part, read.rows)]
    .sort(([left], [right]) => left - right)
    .map(([subject, segments]) => {
      const sessions = [...segments]
        .sort(([left], [right]) => left - right)
        .map(([segment, windows]): RecordedSession => ({
          id: `${subject}-${segment}`,
          activity: read.layout.labels[read.rows[windows[0]!]!.label]!,
          samples: joinWindows(part, read, windows),
        }));
      return { subject: String(subject), cohort: cohortOf(subject, part), sessions };
    });
}

/**
 * The real recordings of 30 people (D. Anguita et al., "A Public Domain Dataset for Human Activity Recognition Using
 * Smartphones", ESANN 2013) as continuous streams: every published window is in its session at `position * 64`.
 *
 * @param folder holds `layout.json`, `meta_*.csv` and `signals_*.f32.gz`.
 * @throws DATA_NOT_FOUND or DATA_MALFORMED, naming file and fault.
 * @example
 * const recordings = await uciHarRecordings("../shared/data/uci-har");
 */
export async function uciHarRecordings(folder: string): Promise<Recording[]> {
  const study = recordingsOf("train", await readUciPart(folder, "train"));
  const rest = recordingsOf("test", await readUciPart(folder, "test"));
  return [...study, ...rest];
}
