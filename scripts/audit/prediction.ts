import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModelShape } from "./evidence.ts";
import { unusable } from "./evidence.ts";
import { text, type Lake, type Row } from "./lake.ts";

/** What a person is to the model. */
export type Role = "train" | "corrections" | "control" | "unknown";

/** A prediction of the lake with the label that came back for it. Times are milliseconds since 1970. */
export interface LivePrediction {
  readonly id: string;
  readonly install: string;
  readonly subject: string;
  readonly role: Role;
  readonly session: string;
  readonly start: number;
  readonly release: string;
  readonly source: string;
  readonly predicted: string;
  readonly probabilities: readonly number[] | null;
  readonly time: number;
  readonly latency: number;
  readonly actual: string | null;
  /** Milliseconds from prediction to label, as the server came to know them. */
  readonly delay: number | null;
}

/** Order in which the server came to know two rows; the later one counts. */
function isLater(left: Row, right: Row): boolean {
  for (const name of ["known", "epoch", "seq"]) {
    const difference = Number(left[name]) - Number(right[name]);
    if (difference !== 0) return difference > 0;
  }
  return String(left["install_id"]) > String(right["install_id"]);
}

/** Rows of an event with who, when known, and its identity. */
function eventRows(lake: Lake, event: string, order = ""): Promise<readonly Row[]> {
  return lake.rows(`select * replace (epoch_ms(time)::double as time),
    epoch_ms(known_time)::double as known from ${lake.relation(event)} ${order}`);
}

/** Newest enrolment of each person, as a role. */
export async function readRoles(lake: Lake, { cohorts }: ModelShape): Promise<ReadonlyMap<string, Role>> {
  const newest = new Map<string, Row>();
  for (const row of await eventRows(lake, cohorts.event)) {
    const subject = String(row["subject"]);
    const before = newest.get(subject);
    if (before === undefined || isLater(row, before)) newest.set(subject, row);
  }
  const roleOf = (cohort: string): Role =>
    (["train", "corrections", "control"] as const).find((role) => cohorts[role].includes(cohort)) ??
    "unknown";
  return new Map([...newest].map(([subject, row]) => [subject, roleOf(String(row[cohorts.field]))]));
}

/** Every prediction of the lake, once each, with its newest label that came in time from the same person. */
export async function readPredictions(
  lake: Lake,
  model: ModelShape,
  roles: ReadonlyMap<string, Role>,
): Promise<readonly LivePrediction[]> {
  if (lake.manifest.tables["prediction"] === undefined) return [];
  const { event, predictionId, label, within } = model.predictionLabel;
  const key = (row: Row, id: string): string => `${String(row["subject"])} ${String(row[id])}`;
  const labels = new Map<string, Row[]>();
  for (const row of await eventRows(lake, event)) {
    const place = key(row, predictionId);
    labels.set(place, [...(labels.get(place) ?? []), row]);
  }
  const found = new Map<string, LivePrediction>();
  for (const row of await eventRows(lake, "prediction", "order by subject, epoch, seq, install_id")) {
    const place = key(row, "prediction_id");
    if (row["model"] !== model.name || found.has(place)) continue;
    const inTime = (labels.get(place) ?? []).filter(
      (item) => Number(item["known"]) - Number(row["known"]) <= within,
    );
    const newest = inTime.reduce<Row | undefined>(
      (best, item) => (best === undefined || isLater(item, best) ? item : best),
      undefined,
    );
    found.set(place, {
      id: String(row["prediction_id"]),
      install: String(row["install_id"]),
      subject: String(row["subject"]),
      role: roles.get(String(row["subject"])) ?? "unknown",
      session: String(row["session"]),
      start: Number(row["start"]),
      release: String(row["release"]),
      source: String(row["source"]),
      predicted: String(row["label"]),
      probabilities: row["probabilities"] as readonly number[] | null,
      time: Number(row["time"]),
      latency: Number(row["latency_ms"]),
      actual: newest === undefined ? null : String(newest[label]),
      delay: newest === undefined ? null : Number(newest["known"]) - Number(row["known"]),
    });
  }
  return [...found.values()];
}

/** A label that a person gave for a whole session. */
export interface SessionAnnotation {
  readonly subject: string;
  readonly session: string;
  readonly label: string;
}

/** Every label of a session in the lake. */
export async function readAnnotations(
  lake: Lake,
  { sessionLabel }: ModelShape,
): Promise<readonly SessionAnnotation[]> {
  const { event, session, label } = sessionLabel;
  return (await eventRows(lake, event)).map((row) => ({
    subject: String(row["subject"]),
    session: String(row[session]),
    label: String(row[label]),
  }));
}

/** One text of a prediction: what the exported rows are compared by. */
function rowText(row: Row): string {
  const names = [
    "subject",
    "role",
    "session",
    "start",
    "release",
    "source",
    "predicted",
    "time",
    "latency_ms",
  ];
  return [...names, "actual", "delay_ms"].map((name) => String(row[name] ?? null)).join("|");
}

/** What `predictions.parquet` says otherwise than the predictions of the lake. */
export async function exportFaults(
  folder: string,
  lake: Lake,
  predictions: readonly LivePrediction[],
): Promise<readonly string[]> {
  const path = join(folder, "predictions.parquet");
  if (!existsSync(path)) throw unusable(`The evidence has no predictions.parquet: ${path}.`);
  const counts = new Map<string, number>();
  const note = (row: Row, step: number): void => {
    const line = rowText(row);
    counts.set(line, (counts.get(line) ?? 0) + step);
  };
  for (const row of await lake.rows(`select * from read_parquet(${text(path)})`)) note(row, 1);
  for (const { latency, delay, ...row } of predictions)
    note({ ...row, latency_ms: latency, delay_ms: delay }, -1);
  return [...counts].flatMap(([line, count]) =>
    count === 0 ? [] : [`${line} is ${count > 0 ? "not in the lake" : "missing"}`],
  );
}
