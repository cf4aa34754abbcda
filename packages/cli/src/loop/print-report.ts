import { styleText } from "node:util";
import type { LoopReport, ReleaseReport } from "@tideline/spec";

const percent = (share: number | null): string => (share === null ? "-" : `${(100 * share).toFixed(1)} %`);
const count = (value: number): string => value.toLocaleString("en-GB");
const bold = (text: string): string => styleText("bold", text);

/** What is said of a release's model table. */
function tableText({ table }: ReleaseReport): string {
  if (table === undefined) return "";
  return table.offered ? `table ${table.parity.toExponential(1)}, ` : `no table (${table.reason}), `;
}

/** The report as a person reads it. */
export function reportText(report: LoopReport): string {
  const { events, accuracy, labels, releases, predictions, skew, tableSkew, drift, phones } = report;
  const detected =
    drift.injectedAt === null
      ? drift.detectedAt === null
        ? "none injected, no alarm"
        : "a false alarm"
      : drift.detectedAt === null
        ? "not noticed"
        : `noticed ${((drift.detectedAt - drift.injectedAt) / 1000).toFixed(0)} s after it began`;
  const kinds = Object.entries(report.quarantine).map(([code, rows]) => `${code} ${rows}`);
  const lines = [
    "",
    bold(`Tideline, one turn of the loop (${report.source})`),
    "",
    `  events       ${count(events.recorded)} recorded, ${count(events.stored)} stored, ${count(events.quarantined)} quarantined, ${count(events.pending)} pending, ${count(events.lost)} lost`,
    `  duplicates   ${count(events.duplicatesReceived)} received, ${count(events.duplicatesStored)} stored`,
    `  quarantine   ${kinds.join(", ") || "empty"}`,
    `  phones       ${phones.count}, ${phones.killed} killed while sending, ${phones.outages} outages, ${phones.retries} retries`,
    ...releases.map(
      (release) =>
        `  release ${release.version}    accuracy ${percent(release.accuracy)}, macro F1 ${release.macroF1?.toFixed(3) ?? "-"} on ${release.people} people (${count(release.predictions)} windows), ${count(release.bytes)} bytes, parity ${release.parity.toExponential(1)}, ${tableText(release)}p95 ${release.p95Ms?.toFixed(2) ?? "-"} ms`,
    ),
    `  control      before ${percent(accuracy.before)}, drifted ${percent(accuracy.drifted)}, after ${percent(accuracy.after)}`,
    `  drift        ${detected}`,
    `  labels       ${percent(labels.coverage)} of predictions, median delay ${(labels.medianDelay / 1000).toFixed(0)} s`,
    `  predictions  ${count(predictions.device)} on the phone, ${count(predictions.endpoint)} by the endpoint, ${count(predictions.rule)} by the rule`,
    `  skew         ${skew.maxDifference.toExponential(1)} over ${count(skew.compared)} predictions recomputed from the lake`,
    ...(tableSkew === undefined
      ? []
      : [
          `  table        ${tableSkew.maxDifference.toExponential(1)} over ${count(tableSkew.compared)} predictions of ${tableSkew.phones} phones that have nothing but the model table`,
        ]),
    `  cost         ${report.seconds.toFixed(1)} s, ${report.peakMb.toFixed(0)} MB at the peak`,
    "",
    ...report.notes.map((note) => `  ${styleText("dim", note)}`),
    "",
  ];
  return lines.join("\n");
}
