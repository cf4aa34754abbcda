import type { DriftReference } from "@tideline/learn";
import type { ModelDefinition } from "@tideline/spec";
import {
  commit,
  listAssessments,
  recordAlert,
  recordAssessment,
  setAlertState,
  type AlertRow,
  type Catalog,
} from "../catalog/index.ts";
import type { Relation } from "../dataset/index.ts";
import type { Engine } from "../lake/index.ts";
import { assess, type LivePredictions } from "../monitor/index.ts";

/** What an assessment leaves in the catalog. */
export interface AssessmentDetail {
  readonly people: number;
  readonly rows: number;
  readonly fraction: number;
  readonly nullFraction: number;
  readonly reason: string;
  /** Time of the newest prediction that was looked at. */
  readonly newest: number;
  /** The features that moved most. */
  readonly features: readonly { readonly name: string; readonly psi: number; readonly threshold: number }[];
}

/** What a drift alert says, and what the retraining it causes needs. */
export interface DriftAlertDetail extends AssessmentDetail {
  /** Until here windows were like those of training, milliseconds since 1970. */
  readonly stableUntil: number;
}

/** Assessments in a row that must find drift before anybody is told: one more look costs seconds, an alarm hours. */
const IN_A_ROW = 2;

/** Assessments that a look remembers: those of a quarter of an hour and more, at one for each second at most. */
const REMEMBERED = 1000;

/** Features named in an alert. */
const NAMED_FEATURES = 10;

/**
 * One look of the drift monitor at the newest snapshot: the assessment is recorded, and an alert is opened when the
 * last {@link IN_A_ROW} assessments of the release all found drift. Answers the new alert, or null.
 */
export async function watchDrift(
  context: { readonly catalog: Catalog; readonly engine: Engine; readonly now: number },
  model: ModelDefinition,
  live: LivePredictions,
  source: {
    readonly release: string;
    readonly reference: DriftReference;
    readonly windows: string;
    readonly relation: Relation;
    readonly snapshot: string;
    /** Looks at this snapshot before this one; each draws its null distribution anew. Default 0. */
    readonly look?: number;
  },
): Promise<AlertRow | null> {
  const { catalog, engine, now } = context;
  const { release, snapshot, look = 0 } = source;
  const found = await assess(engine, model, live, { ...source, seed: look });
  const detail: AssessmentDetail = {
    people: found.people,
    rows: found.rows,
    fraction: found.fraction,
    nullFraction: found.nullFraction,
    reason: found.reason,
    newest: found.newest,
    features: found.features
      .slice(0, NAMED_FEATURES)
      .map(({ name, psi, threshold }) => ({ name, psi, threshold })),
  };
  const before = (await listAssessments(catalog, { release, newest: REMEMBERED })).filter(
    ({ verdict }) => verdict !== "waiting",
  );
  const id = `${release}/${snapshot}/${look}`;
  await commit(catalog, (writer) =>
    recordAssessment(writer, { id, at: now, model: model.name, release, verdict: found.verdict, detail }),
  );
  const recent = [
    ...before
      .filter((row) => row.id !== id)
      .slice(1 - IN_A_ROW)
      .map(({ verdict }) => verdict),
    found.verdict,
  ];
  if (recent.length < IN_A_ROW || recent.some((verdict) => verdict !== "drifted")) return null;
  const stable = before.findLast(({ verdict }) => verdict === "stable");
  const stableUntil = (stable?.detail as AssessmentDetail | undefined)?.newest ?? 0;
  const alert: AlertRow = {
    id: `drift/${release}`,
    kind: "drift",
    model: model.name,
    release,
    created_at: now,
    detail: { ...detail, stableUntil } satisfies DriftAlertDetail,
    state: "open",
  };
  const isNew = await commit(catalog, (writer) => recordAlert(writer, alert));
  return isNew ? alert : null;
}

/** Closes an alert once a retraining has answered it. */
export function answerAlert(catalog: Catalog, alert: AlertRow): Promise<void> {
  return commit(catalog, (writer) => setAlertState(writer, alert.id, "handled"));
}
