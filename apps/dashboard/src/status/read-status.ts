import type { LoopStatus } from "@tideline/spec";
import { readLabels, readReport, readStages } from "./read-report.ts";
import {
  fieldsOf,
  isFigure,
  isNumber,
  type JsonObject,
  listOf,
  numberOf,
  numberOrNull,
  objectOf,
  textOf,
  timeOf,
  timeOrNull,
  wordOf,
} from "./reader.ts";

function readIngest(ingest: JsonObject): LoopStatus["ingest"] {
  return {
    accepted: numberOf(ingest["accepted"]),
    quarantined: numberOf(ingest["quarantined"]),
    duplicates: numberOf(ingest["duplicates"]),
    samples: numberOf(ingest["samples"]),
    rate: listOf(ingest["rate"]).map((point) => ({
      second: numberOf(point["second"]),
      events: numberOf(point["events"]),
      samples: numberOf(point["samples"]),
    })),
  };
}

function readSnapshot(snapshot: JsonObject): LoopStatus["snapshots"][number] {
  return {
    id: textOf(snapshot["id"]),
    createdAt: timeOf(snapshot["createdAt"]),
    rows: numberOf(snapshot["rows"]),
    files: numberOf(snapshot["files"]),
    bytes: numberOf(snapshot["bytes"]),
  };
}

function readRun(run: JsonObject): LoopStatus["runs"][number] {
  return {
    id: textOf(run["id"]),
    createdAt: timeOf(run["createdAt"]),
    snapshot: textOf(run["snapshot"]),
    status: textOf(run["status"]),
    parameters: fieldsOf(run["parameters"], isFigure),
    metrics: fieldsOf(run["metrics"], isNumber),
  };
}

function readRelease(release: JsonObject): LoopStatus["releases"][number] {
  return {
    version: numberOf(release["version"]),
    id: textOf(release["id"]),
    issuedAt: timeOf(release["issuedAt"]),
    run: textOf(release["run"]),
    bytes: numberOf(release["bytes"]),
    parity: numberOf(release["parity"]),
    accuracy: numberOrNull(release["accuracy"]),
    phones: numberOf(release["phones"]),
  };
}

function readDrift(drift: JsonObject): LoopStatus["drift"] {
  return {
    injectedAt: timeOrNull(drift["injectedAt"]),
    detectedAt: timeOrNull(drift["detectedAt"]),
    points: listOf(drift["points"]).map((point) => ({
      at: timeOf(point["at"]),
      verdict: wordOf(point["verdict"], ["waiting", "stable", "drifted"]),
      people: numberOf(point["people"]),
      fraction: numberOf(point["fraction"]),
      nullFraction: numberOf(point["nullFraction"]),
    })),
  };
}

/**
 * A status from whatever the server sent. Missing or ill-typed fields become empty ones, so that a page of an
 * older or newer version still shows what it understands.
 *
 * @returns null when it is no status of format 1 at all.
 */
export function readStatus(value: unknown): LoopStatus | null {
  const status = objectOf(value);
  if (status["format"] !== 1) return null;
  return {
    format: 1,
    app: textOf(status["app"]),
    now: timeOf(status["now"]),
    speed: numberOf(status["speed"]) || 1,
    phase: textOf(status["phase"]),
    stages: readStages(status["stages"]),
    ingest: readIngest(objectOf(status["ingest"])),
    snapshots: listOf(status["snapshots"]).map(readSnapshot),
    runs: listOf(status["runs"]).map(readRun),
    releases: listOf(status["releases"]).map(readRelease),
    accuracy: listOf(status["accuracy"]).map((point) => ({
      at: timeOf(point["at"]),
      release: textOf(point["release"]),
      accuracy: numberOf(point["accuracy"]),
      labelled: numberOf(point["labelled"]),
    })),
    drift: readDrift(objectOf(status["drift"])),
    labels: readLabels(status["labels"]),
    report: readReport(status["report"]),
  };
}
