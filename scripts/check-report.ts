import { text } from "node:stream/consumers";
import type { LoopReport } from "@tideline/spec";

/** What the run on the real recordings must reach; reads the report as the last line of standard input. */
const report = JSON.parse((await text(process.stdin)).trim().split("\n").at(-1)!) as LoopReport;
const { accuracy, events, releases, seconds, peakMb, predictions, skew } = report;
const [first, second] = releases;

const claims: readonly (readonly [claim: string, holds: boolean])[] = [
  ["the first release scores at least 0.93 on the official test windows", (first?.accuracy ?? 0) >= 0.93],
  ["all 2,947 test windows were predicted by phones", first?.predictions === 2947],
  ["drift costs the control group at least 0.15", accuracy.drifted! <= accuracy.before! - 0.15],
  ["the second release is within 0.03 of what was before", accuracy.after! >= accuracy.before! - 0.03],
  ["a second release was made", second !== undefined],
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
  ["phones and lake compute the same", skew.compared > 0 && skew.maxDifference <= 1e-4],
  ["runtimes agree", releases.every(({ parity }) => parity <= 1e-4)],
  ["it takes under 180 s", seconds < 180],
  ["it takes under 1.5 GB", peakMb < 1500],
];

for (const [claim, holds] of claims) console.log(`${holds ? "yes" : "NO "} ${claim}`);
if (claims.some(([, holds]) => !holds)) {
  console.log(JSON.stringify(report, null, 2));
  process.exitCode = 1;
}
