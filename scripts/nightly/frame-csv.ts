/**
 * Reads a CSV file of 4 GB into frames, in a process whose heap may grow to 512 MB: 20 columns of numbers, texts (one a
 * different id in each row) and times, with broken lines at known places. Prints seconds, rows in a second and peak
 * memory, beside those of pandas and polars on the same file where Python has them; fails where a row is lost, a broken
 * line is not told by its number, or the process takes more than 1.5 GiB.
 *
 *     node scripts/nightly/frame-csv.ts [--bytes 4000000000] [--peers]
 */
import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { csvSource, type RejectedRow } from "@tideline/pipeline/frame";
import { openEngine } from "@tideline/pipeline";

const { values } = parseArgs({
  options: {
    bytes: { type: "string", default: "4000000000" },
    read: { type: "string" },
    peers: { type: "boolean", default: false },
  },
});
/** What the process may take: the engine's 512 MiB, a heap of 512 MB, Node itself, pieces. */
const MOST = 1.5 * 2 ** 30;
const PARTS = 8;
/** Bytes of a row, roughly. */
const ROW = 196;

interface Report {
  readonly rows: number;
  readonly sum: number;
  readonly rejected: readonly number[];
  readonly seconds: number;
  readonly peak: number;
}

/** What the process under test does. */
async function readFile(path: string): Promise<Report> {
  const start = performance.now();
  const rejected: RejectedRow[] = [];
  const source = await csvSource(path, { onRejected: (rows) => void rejected.push(...rows) });
  let [rows, sum] = [0, 0];
  for await (const piece of source.read()) {
    rows += piece.rows;
    const count = piece.columns.find(({ name }) => name === "n0");
    if (count?.kind !== "integer") throw new Error("n0 is an integer");
    for (const value of count.values) sum += Number(value);
  }
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  return { rows, sum, rejected: rejected.map(({ line }) => line), seconds, peak };
}

/** Writes the file in parts, a broken line behind each. Gives the lines of these. */
async function writeFile(folder: string, path: string, rows: number): Promise<readonly number[]> {
  const engine = await openEngine({ temporary: folder });
  const each = Math.ceil(rows / PARTS);
  const part = join(folder, "part.csv");
  const uniform = (salt: number) =>
    `round((hash(i * 32 + ${salt}) / 18446744073709551616.0)::double * 100, 6)`;
  const floats = Array.from(
    { length: 10 },
    (_, at) => `case when hash(i + ${at}) % 20 > 0 then ${uniform(at)} end as f${at}`,
  );
  const integers = Array.from(
    { length: 4 },
    (_, at) => `(hash(i * 32 + ${at + 12}) % ${10 ** (at + 2)})::bigint as n${at}`,
  );
  const broken: number[] = [];
  try {
    for (let at = 0; at < PARTS; at++) {
      await engine.run(`copy (select ${floats.join(", ")}, ${integers.join(", ")}, 'user-' || hash(i) as id,
        'c' || (hash(i * 3) % 500) as city, 'a name that is longer ' || (hash(i * 5) % 1000) as place,
        timestamp '2024-01-01' + to_milliseconds(hash(i) % 31536000000::ubigint) as at, hash(i) % 3 = 0 as ok,
        hash(i * 9) % 2 as label from range(${at * each}, ${(at + 1) * each}) r(i))
        to '${part.replaceAll("'", "''")}' (format csv, header ${at === 0})`);
      await pipeline(createReadStream(part), createWriteStream(path, { flags: at === 0 ? "w" : "a" }));
      broken.push(2 + (at + 1) * each + at);
      const lines = at % 2 === 0 ? "1,broken\n" : `x,${"1,".repeat(18)}1\n`;
      await pipeline([Buffer.from(lines)], createWriteStream(path, { flags: "a" }));
    }
  } finally {
    await engine.close();
    rmSync(part, { force: true });
  }
  return broken;
}

const PEERS = {
  polars:
    "import polars as p; d = p.scan_csv(f, ignore_errors=True, truncate_ragged_lines=True).select(p.len(), p.all().null_count().name.suffix('_')).collect(engine='streaming')",
  pandas:
    "import pandas as p; d = sum(len(c) for c in p.read_csv(f, chunksize=65536, on_bad_lines='skip', low_memory=True))",
};

function runPeer(name: keyof typeof PEERS, path: string): void {
  const program = `import sys, time, resource\nf = sys.argv[1]; t = time.time()\n${PEERS[name]}
print('${name}', round(time.time() - t, 1), 's', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, 'MiB')`;
  const { stdout, status } = spawnSync("python3", ["-c", program, path], { encoding: "utf8" });
  console.log(status === 0 ? stdout.trim() : `${name}: not here`);
}

if (values.read !== undefined) console.log(JSON.stringify(await readFile(values.read)));
else {
  const folder = mkdtempSync(join(tmpdir(), "tideline-frame-csv-"));
  const faults: string[] = [];
  try {
    const path = join(folder, "rows.csv");
    const rows = Math.ceil(Number(values.bytes) / ROW / PARTS) * PARTS;
    const broken = await writeFile(folder, path, rows);
    const bytes = statSync(path).size;
    console.log(`${rows} rows, ${(bytes / 1e9).toFixed(2)} GB`);
    const script = ["--max-old-space-size=512", import.meta.filename, "--read", path];
    const child = spawnSync(process.execPath, script, { encoding: "utf8", maxBuffer: 2 ** 26 });
    if (child.status !== 0) throw new Error(child.stderr);
    const report = JSON.parse(child.stdout) as Report;
    const [seconds, peak] = [report.seconds.toFixed(1), (report.peak / 2 ** 20).toFixed(0)];
    console.log(`frames ${seconds} s, ${Math.round(report.rows / report.seconds)} rows/s, peak ${peak} MiB`);
    if (report.rows !== rows) faults.push(`${report.rows} rows read, ${rows} were written`);
    if (String(report.rejected) !== String(broken))
      faults.push(`rejected lines ${report.rejected}, expected ${broken}`);
    if (report.peak > MOST) faults.push(`a peak of ${peak} MiB, expected at most ${MOST / 2 ** 20}`);
    if (values.peers) for (const name of ["polars", "pandas"] as const) runPeer(name, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
