/**
 * Kills the keeping of retentions at each of its crash points and holds what is left against the canaries.
 *
 *     node scripts/nightly/retention.ts
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const { status } = spawnSync("vitest", ["run", "packages/pipeline/src/retention"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, RETENTION_KILLS: "all" },
});
process.exitCode = status ?? 1;
