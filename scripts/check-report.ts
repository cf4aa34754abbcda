import { text } from "node:stream/consumers";
import type { LoopReport } from "@tideline/spec";

/** What the run on the real recordings must reach; reads the report as the last line of standard input. */
const report = JSON.parse((await text(process.stdin)).trim().split("\n").at(-1)!) as LoopReport;
const { accuracy, drift, events, releases, seconds, peakMb, predictions, skew, tableSkew } = report;
const [first, second] = releases;

/** Bounds that a figure which is missing (JSON has no NaN) never keeps: null would count as 0. */
const atLeast = (value: number | null | undefined, bound: number | null): boolean =>
  typeof value === "number" && typeof bound === "number" && value >= bound;
const atMost = (value: number | null | undefined, bound: number | null): boolean =>
  typeof value === "number" && typeof bound === "number" && value <= bound;
const less = (value: number | null, by: number): number | null => (value === null ? null : value - by);

const claims: readonly (readonly [claim: string, holds: boolean])[] = [
  ["the first release scores at least 0.93 on the official test windows", atLeast(first?.accuracy, 0.93)],
  ["all 2,947 test windows were predicted by phones", first?.predictions === 2947],
  ["drift costs the control group at least 0.15", atMost(accuracy.drifted, less(accuracy.before, 0.15))],
  [
    "the second release is within 0.03 of what was before",
    atLeast(accuracy.after, less(accuracy.before, 0.03)),
  ],
  ["a second release was made", second !== undefined],
  ["drift was noticed after it began", atLeast(drift.detectedAt, drift.injectedAt)],
  ["nothing is lost", events.lost === 0],
  ["nothing is stored twice", events.duplicatesStored === 0],
  ["duplicates did come", events.duplicatesReceived > 0],
  [
    "the account closes",
    events.recorded === events.stored + events.quarantined + events.pending + events.lost,
  ],
  ["a phone was killed", report.phones.killed > 0],
  [
    "every way to answer was taken",
    predictions.device > 0 && predictions.endpoint > 0 && predictions.rule > 0,
  ],
  [
    "phones and lake compute the same, for every prediction of a phone",
    skew.compared === predictions.device && atMost(skew.maxDifference, 1e-4),
  ],
  ["runtimes agree", releases.length > 0 && releases.every(({ parity }) => atMost(parity, 1e-4))],
  [
    "the model table agrees with ONNX Runtime",
    releases.every(({ table }) => table?.offered === true && atMost(table.parity, 1e-4)),
  ],
  [
    "phones that have nothing but the model table compute the same as ONNX Runtime",
    atLeast(tableSkew?.compared, 1) && atMost(tableSkew?.maxDifference, 1e-4),
  ],
  ["it takes under 180 s", atMost(seconds, 180)],
  ["it takes under 1.5 GB", atMost(peakMb, 1500)],
];

for (const [claim, holds] of claims) console.log(`${holds ? "yes" : "NO "} ${claim}`);
if (claims.some(([, holds]) => !holds)) {
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = 1;
}
