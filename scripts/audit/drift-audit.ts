import type { Evidence, WindowShape } from "./evidence.ts";
import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import { quoted, type Lake } from "./lake.ts";
import type { LivePrediction } from "./prediction.ts";
import type { PlayedSession } from "./truth.ts";

/** The part of the report that this file recomputes. */
export interface DriftReport {
  readonly injectedAt?: unknown;
  readonly detectedAt?: unknown;
}

/** Wall time by which a corrected clock may be wrong: the way of a batch, some retries included. Milliseconds. */
const CLOCK_ERROR = 1000;

/** Corrected start of the first session for which the phone was turned; null where none was. */
async function firstTurned(
  lake: Lake,
  window: WindowShape,
  truth: ReadonlyMap<string, PlayedSession>,
): Promise<number | null> {
  const { event, field, session, start, input, rate } = window;
  const samples = `len(${quoted(`${field}_${input[0]}`)})`;
  const starts = await lake.rows(
    `select subject, ${quoted(session)} as session,
       min(epoch_ms(time) - (${quoted(start)} + ${samples}) * 1000 / ${rate})::double as start
     from ${lake.relation(event)} group by all`,
  );
  const turned = starts.filter(
    (row) => truth.get(`${String(row["subject"])}/${String(row["session"])}`)?.turned,
  );
  return turned.length === 0 ? null : Math.min(...turned.map((row) => Number(row["start"])));
}

/** When phones were turned, and when that was noticed. */
export async function auditDrift(
  evidence: Evidence,
  lake: Lake,
  truth: ReadonlyMap<string, PlayedSession>,
  predictions: readonly LivePrediction[],
  report: DriftReport,
): Promise<readonly Finding[]> {
  const { injectedAt, clock } = evidence;
  const turned = await firstTurned(lake, evidence.app.models[0]!.window, truth);
  const alerts = evidence.alerts.filter(({ kind }) => kind === "drift").map(({ created_at }) => created_at);
  const detectedAt = alerts.length === 0 ? null : Math.min(...alerts);
  const crossed = predictions.flatMap(({ id, subject, session, time }) => {
    const played = truth.get(`${subject}/${session}`);
    if (played === undefined || played.turned === time >= (injectedAt ?? Infinity)) return [];
    return [`${id} is of a session that was ${played.turned ? "" : "not "}turned`];
  });
  return [
    compareFigure("drift.injectedAt", report.injectedAt, turned, { tolerance: CLOCK_ERROR * clock.speed }),
    compareFigure("drift.injectedAt in evidence.json", report.injectedAt, injectedAt),
    compareFigure("drift.detectedAt", report.detectedAt, detectedAt),
    checkEvidence("predictions before and after the drift are of unturned and turned phones", crossed),
  ];
}
