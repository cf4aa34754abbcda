import { join } from "node:path";
import { auditConsent } from "./consent-audit.ts";
import { auditContent } from "./content-audit.ts";
import { auditDrift, type DriftReport } from "./drift-audit.ts";
import { auditEvents, type EventReport } from "./event-audit.ts";
import { readEvidence, readJson, unusable, type Evidence } from "./evidence.ts";
import { checkEvidence, compareFigure, type Finding } from "./figure.ts";
import { readJournals } from "./journal.ts";
import { openLake, type Lake } from "./lake.ts";
import { addressFaults, manifestFaults, readManifest } from "./manifest.ts";
import { auditPredictions, type PredictionReport } from "./prediction-audit.ts";
import { exportFaults, readAnnotations, readPredictions, readRoles } from "./prediction.ts";
import { auditReleases, readHeldOut } from "./release-audit.ts";
import { readReleases } from "./release.ts";
import { auditSkew, type SkewReport } from "./skew-audit.ts";
import { auditTables, tableOnlyInstalls } from "./table-audit.ts";
import { auditTraining } from "./training-audit.ts";
import { readPhones, truthBySession, type Phone, type Pseudonyms } from "./truth.ts";
import { auditUci } from "./uci-audit.ts";

/** What the loop printed, as far as it is audited. */
interface Report extends EventReport, PredictionReport {
  readonly format?: unknown;
  readonly source?: unknown;
  readonly drift?: DriftReport;
  readonly skew?: SkewReport;
  readonly tableSkew?: Readonly<Record<string, unknown>>;
  readonly phones?: Readonly<Record<string, unknown>>;
  readonly seconds?: unknown;
  readonly peakMb?: unknown;
}

/** Pseudonym of each install. */
async function readPseudonyms(lake: Lake, table: string): Promise<Pseudonyms> {
  const rows = await lake.rows(`select distinct install_id as install, subject from ${lake.relation(table)}`);
  return new Map(rows.map((row) => [String(row["install"]), String(row["subject"])]));
}

/** Enrolments that say another cohort than the fleet knows. */
function cohortFaults(
  evidence: Evidence,
  phones: readonly Phone[],
  pseudonyms: Pseudonyms,
  roles: ReadonlyMap<string, string>,
) {
  const { cohorts } = evidence.app.models[0]!;
  return phones.flatMap(({ subject, cohort, install }) => {
    const pseudonym = pseudonyms.get(install);
    if (pseudonym === undefined) return [];
    const role = (["train", "corrections", "control"] as const).find((name) =>
      cohorts[name].includes(cohort),
    );
    const found = roles.get(pseudonym) ?? "unknown";
    return found === (role ?? "unknown") ? [] : [`${subject} is of ${cohort}, the lake says ${found}`];
  });
}

/** What the fleet's phones went through. */
function phoneFindings(
  phones: readonly Phone[],
  { phones: counters }: Evidence,
  { phones: said }: Report,
): readonly Finding[] {
  const sum = (count: (phone: Evidence["phones"][number]) => number): number =>
    counters.reduce((total, phone) => total + count(phone), 0);
  return [
    compareFigure("phones.count", said?.["count"], phones.length),
    compareFigure(
      "phones.killed",
      said?.["killed"],
      phones.reduce((sum, { starts }) => sum + starts - 1, 0),
    ),
    compareFigure(
      "phones.outages",
      said?.["outages"],
      sum(({ outages }) => outages),
    ),
    compareFigure(
      "phones.retries",
      said?.["retries"],
      sum(({ retries }) => retries),
    ),
  ];
}

/** Seconds and memory, from what the processes were seen to take. */
function resourceFindings(
  { processes, startedAt, finishedAt }: Evidence,
  report: Report,
): readonly Finding[] {
  const peak = processes.reduce((sum, { peakMb }) => sum + peakMb, 0);
  return [
    // The report rounds to three digits, and to one.
    compareFigure("seconds", report.seconds, (finishedAt - startedAt) / 1000, { tolerance: 0.00051 }),
    compareFigure("peakMb", report.peakMb, peak, { tolerance: 0.051, note: `${processes.length} processes` }),
  ];
}

/**
 * Recomputes the report of a turn of the loop from its evidence.
 *
 * @param uci folder of the UCI HAR recordings, where the journals are to be held against them
 * @throws an error that {@link isUnusable} knows, where the evidence cannot be read
 * @example const findings = await runAudit("evidence", undefined);
 */
export async function runAudit(folder: string, uci: string | undefined): Promise<readonly Finding[]> {
  const evidence = readEvidence(folder);
  const report = readJson(folder, "report.json") as Report | null;
  if (report?.format !== 1)
    throw unusable(`report.json has format ${String(report?.format)}; this auditor reads 1.`);
  const model = evidence.app.models[0]!;
  const manifest = readManifest(folder, evidence.snapshot);
  const { faults, files } = addressFaults(folder);
  const journals = readJournals(join(folder, "phones"));
  const phones = readPhones(join(folder, "phones"));
  const releases = readReleases(folder);
  const lake = await openLake(folder, manifest);
  try {
    const events = await auditEvents(journals, lake, report);
    const pseudonyms = await readPseudonyms(lake, model.cohorts.event);
    const roles = await readRoles(lake, model);
    const truth = truthBySession(phones, pseudonyms);
    const predictions = await readPredictions(lake, model, roles);
    const { recorded } = events;
    return [
      compareFigure("source", report.source, evidence.source),
      ...events.findings,
      checkEvidence("files of the lake and artifacts have their hash as name", faults, `${files} files`),
      checkEvidence("the snapshot names files that are there", manifestFaults(folder, manifest)),
      ...(await auditContent(evidence.app, lake, recorded)),
      await auditConsent(evidence.app, lake, recorded),
      ...phoneFindings(phones, evidence, report),
      checkEvidence(
        "people are in the cohort that they enrolled in",
        cohortFaults(evidence, phones, pseudonyms, roles),
      ),
      ...(await auditReleases(folder, evidence.app, releases, report.releases ?? [])),
      ...auditTables(releases, report.releases ?? []),
      ...auditPredictions(evidence, predictions, releases, await readAnnotations(lake, model), truth, report),
      checkEvidence(
        "predictions.parquet is what the lake holds",
        await exportFaults(folder, lake, predictions),
      ),
      ...(await auditDrift(evidence, lake, truth, predictions, report.drift ?? {})),
      ...(await auditSkew(
        {
          lake,
          window: model.window,
          event: evidence.app.events[model.window.event]!,
          recorded,
          predictions,
          releases,
          tableOnly: tableOnlyInstalls(phones),
          heldOut: releases.flatMap((release) => readHeldOut(folder, release) ?? []),
        },
        report.skew ?? {},
        report.tableSkew,
      )),
      ...auditTraining(releases, roles),
      ...resourceFindings(evidence, report),
      ...(uci === undefined
        ? []
        : auditUci(uci, { phones, pseudonyms, recorded, predictions, window: model.window })),
    ];
  } finally {
    lake.close();
  }
}
