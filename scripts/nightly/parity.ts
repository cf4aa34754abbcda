import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dataFolder } from "../../examples/nets/example-option.ts";
import { adultCases } from "../../test/parity/adult-case.ts";
import { harCases } from "../../test/parity/har-case.ts";
import { measureCase } from "../../test/parity/measure-case.ts";
import { parityFaults } from "../../test/parity/parity-line.ts";
import { parityText } from "../../test/parity/parity-text.ts";

/**
 * Models trained on UCI HAR and on the census, each in every file and every runtime that is here over the official test rows: `node
 * scripts/nightly/parity.ts [--write | part of a name]`. Fails where one is farther off than `docs/parity.md` says; `--write` writes the
 * figures of all there. TIDELINE_LITERT_PYTHON and TIDELINE_COREML_PYTHON name Pythons with LiteRT and coremltools.
 */
const { values, positionals } = parseArgs({
  options: { write: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [part = ""] = positionals;
if (positionals.length > (values.write ? 0 : 1)) {
  console.error(
    "One part of a name, or --write: a page of some models would lose the figures of the others.",
  );
  // The exit code of sysexits for a wrong call.
  process.exit(64);
}
const folders = [dataFolder("uci-har"), dataFolder("adult")] as const;
const gone = folders.filter((folder) => !existsSync(folder));
if (gone.length > 0) {
  console.error(`no data in ${gone.join(", ")}: nothing was compared`);
  process.exit((process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data") ? 1 : 0);
}

async function* cases() {
  yield* harCases(folders[0]);
  yield* adultCases(folders[1]);
}

const figures = [];
const faults: string[] = [];
for await (const real of cases()) {
  if (!real.name.includes(part)) continue;
  const began = performance.now();
  const found = await measureCase(real);
  figures.push(found);
  const own = parityFaults(found).map((fault) => `${real.name}: ${fault}`);
  faults.push(...own);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(JSON.stringify({ case: real.name, cells: found.cells.length, seconds, faults: own.length }));
}
if (values.write) writeFileSync(new URL("../../docs/parity.md", import.meta.url), parityText(figures));
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 || figures.length === 0 ? 1 : 0;
