import { readFileSync, writeFileSync } from "node:fs";
import { loadTable } from "../../packages/predict/src/index.ts";

/** The most memory that this process had resident since it was last asked to begin anew, in bytes (Linux). */
const peak = (): number =>
  1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);

/**
 * Loads the table of a path in a process of its own and prints `{ code, bytes, ms }`: how much more memory than before
 * was resident at its worst, and how long it took. The second path is a table to load beforehand, so that what the
 * engine needs for the code is not counted.
 */
const [bytes, small] = process.argv.slice(2, 4).map((path) => readFileSync(path));
loadTable(small!);
globalThis.gc!();
writeFileSync("/proc/self/clear_refs", "5");
const before = peak();
const begun = performance.now();
let code = "OK";
let table: unknown = null;
try {
  table = loadTable(bytes!);
} catch (error) {
  ({ code } = error as { code: string });
}
const ms = Math.round(performance.now() - begun);
process.stdout.write(`${JSON.stringify({ code, bytes: peak() - before, ms, held: table !== null })}\n`);
