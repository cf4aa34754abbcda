import type { Evidence } from "./evidence.ts";
import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import type { LivePrediction, SessionAnnotation } from "./prediction.ts";
import { accuracyOf, macroF1Of, nearestRank, peopleOf } from "./quality.ts";
import type { EvidenceRelease } from "./release.ts";
import type { PlayedSession } from "./truth.ts";

/** The parts of the report that this file recomputes. */
export interface PredictionReport {
  readonly releases?: readonly Readonly<Record<string, unknown>>[];
  readonly accuracy?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, unknown>>;
  readonly predictions?: Readonly<Record<string, unknown>>;
}

/** Rates are sums of the same counts: only the last bits may differ. */
const RATE = 1e-9;

/**
 * Quality of each release as phones measured it, over people that it was not trained on: of the first release before
 * the drift, of later ones over all their time.
 */
function releaseFindings(
  predictions: readonly LivePrediction[],
  releases: readonly EvidenceRelease[],
  injectedAt: number | null,
  report: PredictionReport,
): readonly Finding[] {
  return releases.flatMap(({ id, trainedOn }, index) => {
    const said = report.releases?.[index] ?? {};
    const until = index === 0 ? (injectedAt ?? Infinity) : Infinity;
    const rows = predictions.filter(
      ({ release, source, role, subject, time }) =>
        release === id &&
        source === "device" &&
        (role === "corrections" || role === "control") &&
        !trainedOn.includes(subject) &&
        time < until,
    );
    const figure = (name: string, value: number | null): Finding =>
      compareFigure(`releases[${index}].${name}`, said[name], value, { tolerance: RATE });
    const latencies = rows.map(({ latency }) => latency);
    return [
      figure("accuracy", accuracyOf(rows)),
      figure("macroF1", macroF1Of(rows)),
      figure("people", peopleOf(rows)),
      figure("predictions", rows.length),
      figure("p95Ms", nearestRank(latencies, 0.95)),
    ];
  });
}

/** Accuracy of the people who never enter any training. */
function accuracyFindings(
  predictions: readonly LivePrediction[],
  releases: readonly EvidenceRelease[],
  injectedAt: number | null,
  report: PredictionReport,
): readonly Finding[] {
  const control = predictions.filter(({ role }) => role === "control");
  const [first, second] = [releases[0]?.id, releases[1]?.id];
  const drift = injectedAt ?? Infinity;
  const parts: Record<string, readonly LivePrediction[]> = {
    before: control.filter(({ release, time }) => release === first && time < drift),
    drifted: control.filter(({ release, time }) => release === first && time >= drift),
    after: control.filter(({ release }) => second !== undefined && release === second),
  };
  return Object.entries(parts).map(([name, rows]) =>
    compareFigure(`accuracy.${name}`, report.accuracy?.[name], accuracyOf(rows), { tolerance: RATE }),
  );
}

/** Labels that came back for predictions. */
function labelFindings(predictions: readonly LivePrediction[], report: PredictionReport): readonly Finding[] {
  const rows = predictions.filter(({ role }) => role === "corrections" || role === "control");
  const delays = rows.flatMap(({ delay }) => (delay === null ? [] : [delay]));
  const coverage = rows.length === 0 ? 0 : delays.length / rows.length;
  return [
    compareFigure("labels.coverage", report.labels?.["coverage"], coverage, { tolerance: RATE }),
    compareFigure("labels.medianDelay", report.labels?.["medianDelay"], nearestRank(delays, 0.5) ?? 0),
  ];
}

/** Labels that are not what the person really did. */
function labelFaults(
  predictions: readonly LivePrediction[],
  truth: ReadonlyMap<string, PlayedSession>,
): readonly string[] {
  return predictions.flatMap(({ id, subject, session, actual }) => {
    if (actual === null) return [];
    const activity = truth.get(`${subject}/${session}`)?.activity;
    return activity === actual
      ? []
      : [`${id} was labelled ${actual}, it was ${activity ?? "no known session"}`];
  });
}

/** Answers that are not the most probable label. */
function answerFaults(predictions: readonly LivePrediction[], labels: readonly string[]): readonly string[] {
  return predictions.flatMap(({ id, predicted, probabilities }) => {
    if (probabilities === null || probabilities[labels.indexOf(predicted)] === Math.max(...probabilities))
      return [];
    return [`${id} answered ${predicted} with ${probabilities.join(", ")}`];
  });
}

/** Every figure that rests on prediction rows. */
export function auditPredictions(
  evidence: Evidence,
  predictions: readonly LivePrediction[],
  releases: readonly EvidenceRelease[],
  annotations: readonly SessionAnnotation[],
  truth: ReadonlyMap<string, PlayedSession>,
  report: PredictionReport,
): readonly Finding[] {
  const { injectedAt } = evidence;
  const known = new Set([...releases.map(({ id }) => id), "none"]);
  const strangers = predictions.flatMap(({ id, release }) =>
    known.has(release) ? [] : [`${id}: ${release}`],
  );
  const labelled = predictions.filter(({ actual }) => actual !== null).length;
  return [
    ...["device", "endpoint", "rule"].map((source) =>
      compareFigure(
        `predictions.${source}`,
        report.predictions?.[source],
        predictions.filter((row) => row.source === source).length,
      ),
    ),
    ...releaseFindings(predictions, releases, injectedAt, report),
    ...accuracyFindings(predictions, releases, injectedAt, report),
    ...labelFindings(predictions, report),
    checkEvidence(
      "labels of sessions are the truth",
      annotations.flatMap(({ subject, session, label }) =>
        truth.get(`${subject}/${session}`)?.activity === label ? [] : [`${session} was labelled ${label}`],
      ),
      `${annotations.length} labels`,
    ),
    checkEvidence(
      "labels of predictions are the truth",
      labelFaults(predictions, truth),
      `${labelled} labels`,
    ),
    checkEvidence(
      "answers are the most probable label",
      answerFaults(predictions, evidence.app.models[0]!.labels),
    ),
    checkEvidence("predictions name a release of the evidence", strangers),
  ];
}
