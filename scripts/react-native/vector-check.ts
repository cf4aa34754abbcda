import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { run } from "./process.ts";
import type { VectorInput, VectorReport } from "./vector-run.ts";

const root = join(import.meta.dirname, "../..");

function parse(printed: string): VectorReport {
  const line = printed.trim().split("\n").at(-1) ?? "";
  if (!line.startsWith("{")) throw new Error(`the bundle printed ${line.slice(0, 400) || "nothing"}`);
  return JSON.parse(line) as VectorReport;
}

/** Runs a bundle, or its bytecode, on an engine. */
export const runOnHermes = (engine: string, bundle: string): VectorReport =>
  parse(run(engine, [...(bundle.endsWith(".hbc") ? [] : ["-O", "-w"]), bundle], { cwd: root }));

/** Runs a bundle on Node, which prints as the bare engine does. */
export const runOnNode = (bundle: string): VectorReport => {
  const code = `globalThis.print = console.log; (0, eval)(require("node:fs").readFileSync(${JSON.stringify(bundle)}, "utf8"));`;
  return parse(run(process.execPath, ["-e", code], { cwd: root }));
};

/** What a run must have found: what the vectors say, and what the sources themselves do on this Node. */
export interface Expected {
  readonly input: VectorInput;
  readonly source: VectorReport;
}

/** Where a run of the vectors disagrees with them, or with the sources as they run on Node. */
export function checkRun({ input, source }: Expected, report: VectorReport, where: string): string[] {
  const faults: string[] = [];
  const expected = JSON.parse(readFileSync(join(root, "vectors/compat/v1/expected.json"), "utf8")) as {
    readonly batch: { readonly header: unknown };
    readonly journal: { readonly records: readonly unknown[] };
  };
  for (const { name } of input.tables) {
    const found = report.tables[name];
    if (typeof found !== "number" || found > 1) faults.push(`table ${name}: ${found}`);
  }
  if (report.device !== source.device)
    faults.push(`the client does otherwise: ${report.device.slice(0, 400)}`);
  if (input.tables.length === 0) faults.push("there are no tables");
  for (const name of report.takenTables) faults.push(`table ${name} should be refused`);
  if (input.wire.length === 0) faults.push("there are no batches");
  faults.push(...report.wireFaults, ...report.textFaults);
  for (const index of report.signatureFaults) faults.push(`signature ${index} is judged wrongly`);
  const { header } = report.batch as { readonly header: unknown };
  if (JSON.stringify(header) !== JSON.stringify(expected.batch.header))
    faults.push("the old batch reads otherwise");
  const { records } = report.journal as { readonly records: readonly unknown[] };
  if (records.length !== expected.journal.records.length) faults.push("the old journal reads otherwise");
  const [timed] = report.benchmark;
  if (timed?.state !== "timed" || timed.times?.sustained?.rates.length !== 10)
    faults.push(`the benchmark's runner reports ${timed?.reason ?? "no times"}`);
  const unzipped = gunzipSync(Buffer.from(report.compressed, "base64")).toString("base64");
  if (unzipped !== input.toCompress) faults.push("gzip gives other bytes back");
  return faults.map((fault) => `${where}: ${fault}`);
}
