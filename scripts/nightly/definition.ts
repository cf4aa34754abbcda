/**
 * The long checks of definitions: 20,000 random changes of an event, of which `tideline check` may call none compatible
 * that makes the server refuse an old phone, nor any breaking without an event that is refused; and the typed Kotlin
 * client of an awkward definition, compiled with warnings as errors, whose events the real ingest server takes. The
 * second needs Maven and a JVM.
 *
 *     node scripts/nightly/definition.ts [--runs 20000]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { hasMaven } from "../../test/native-kotlin/build.ts";
import { checkKotlinClient } from "./definition/kotlin-client.ts";

const root = join(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { runs: { type: "string", default: "20000" } } });

const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "packages/spec/src/compatibility/compare-app.property.test.ts",
    "--testTimeout=1800000",
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, COMPATIBILITY_RUNS: values.runs } },
);
if (status !== 0) process.exit(status ?? 1);

if (hasMaven) console.log(await checkKotlinClient());
else console.log("skipped: the Kotlin client; expected mvn and java");
