import { parseArgs } from "node:util";
import { isUnusable } from "./audit/evidence.ts";
import { findingTable } from "./audit/figure.ts";
import { runAudit } from "./audit/run-audit.ts";

const USAGE = `Usage: node scripts/audit.ts EVIDENCE_DIR [--json] [--data UCI_HAR_DIR]

Recomputes every figure of the loop's report from the evidence that --evidence left, with none of Tideline's code.
Exit status: 0 when all agree, 1 when something differs, 2 when the evidence cannot be used.`;

/** Audits a folder and answers the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  let folder: string | undefined;
  let options: { json?: boolean; data?: string };
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { json: { type: "boolean" }, data: { type: "string" } },
    });
    [folder, options] = [positionals.length === 1 ? positionals[0] : undefined, values];
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (folder === undefined) {
    console.error(USAGE);
    return 2;
  }
  const began = performance.now();
  try {
    const findings = await runAudit(folder, options.data);
    const wrong = findings.filter(({ agrees }) => !agrees);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(findingTable(findings));
    console.log(`\n${findings.length - wrong.length} of ${findings.length} agree (${seconds} s).`);
    if (options.json) console.log(JSON.stringify({ agrees: wrong.length === 0, findings }));
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    const sentence = isUnusable(error) ? error.message : `The evidence cannot be audited: ${String(error)}`;
    console.error(sentence);
    if (!isUnusable(error)) console.error(error);
    if (options.json) console.log(JSON.stringify({ agrees: false, unusable: sentence }));
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
