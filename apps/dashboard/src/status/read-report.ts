import type { LoopReport, ReleaseReport, StageProgress } from "@tideline/spec";
import {
  fieldsOf,
  isNumber,
  type JsonObject,
  listOf,
  numberOf,
  numberOrNull,
  objectOf,
  textOf,
  timeOrNull,
  wordOf,
} from "./reader.ts";
import { completeStages, STAGE_NAMES } from "./stage.ts";

/** Stages of a status or report: always eight, in order. */
export function readStages(value: unknown): readonly StageProgress[] {
  const known = listOf(value).flatMap(({ name, state, detail, seconds }): StageProgress[] => {
    const found = STAGE_NAMES.find((stage) => stage === name);
    if (found === undefined) return [];
    return [
      {
        name: found,
        state: wordOf(state, ["waiting", "running", "done", "failed"]),
        detail: textOf(detail),
        seconds: numberOf(seconds),
      },
    ];
  });
  return completeStages(known);
}

/** Coverage and delay of labels. */
export function readLabels(value: unknown): LoopReport["labels"] {
  const labels = objectOf(value);
  return { coverage: numberOf(labels["coverage"]), medianDelay: numberOf(labels["medianDelay"]) };
}

function readRelease(release: JsonObject): ReleaseReport {
  return {
    id: textOf(release["id"]),
    version: numberOf(release["version"]),
    accuracy: numberOrNull(release["accuracy"]),
    macroF1: numberOrNull(release["macroF1"]),
    people: numberOf(release["people"]),
    predictions: numberOf(release["predictions"]),
    bytes: numberOf(release["bytes"]),
    parity: numberOf(release["parity"]),
    p95Ms: numberOrNull(release["p95Ms"]),
  };
}

/** The report of a finished loop, with 0 or null where a field is missing; null where there is none. */
export function readReport(value: unknown): LoopReport | null {
  const report = objectOf(value);
  if (report["format"] !== 1) return null;
  const events = objectOf(report["events"]);
  const phones = objectOf(report["phones"]);
  const drift = objectOf(report["drift"]);
  const accuracy = objectOf(report["accuracy"]);
  const predictions = objectOf(report["predictions"]);
  const skew = objectOf(report["skew"]);
  return {
    format: 1,
    source: textOf(report["source"]),
    notes: Array.isArray(report["notes"]) ? report["notes"].map(textOf).filter((note) => note !== "") : [],
    stages: readStages(report["stages"]),
    events: {
      recorded: numberOf(events["recorded"]),
      accepted: numberOf(events["accepted"]),
      stored: numberOf(events["stored"]),
      quarantined: numberOf(events["quarantined"]),
      pending: numberOf(events["pending"]),
      lost: numberOf(events["lost"]),
      duplicatesReceived: numberOf(events["duplicatesReceived"]),
      duplicatesStored: numberOf(events["duplicatesStored"]),
    },
    quarantine: fieldsOf(report["quarantine"], isNumber),
    phones: {
      count: numberOf(phones["count"]),
      killed: numberOf(phones["killed"]),
      outages: numberOf(phones["outages"]),
      retries: numberOf(phones["retries"]),
    },
    releases: listOf(report["releases"]).map(readRelease),
    drift: { injectedAt: timeOrNull(drift["injectedAt"]), detectedAt: timeOrNull(drift["detectedAt"]) },
    accuracy: {
      before: numberOrNull(accuracy["before"]),
      drifted: numberOrNull(accuracy["drifted"]),
      after: numberOrNull(accuracy["after"]),
    },
    labels: readLabels(report["labels"]),
    predictions: {
      device: numberOf(predictions["device"]),
      endpoint: numberOf(predictions["endpoint"]),
      rule: numberOf(predictions["rule"]),
    },
    skew: { compared: numberOf(skew["compared"]), maxDifference: numberOf(skew["maxDifference"]) },
    seconds: numberOf(report["seconds"]),
    peakMb: numberOf(report["peakMb"]),
  };
}
