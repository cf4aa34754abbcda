import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openEngine } from "../lake/index.ts";
import { engineProcess } from "./engine-process.ts";

/** The process of the engine that this one started. */
function enginePid(): number {
  const all = execFileSync("ps", ["-A", "-o", "ppid=,pid=,args="], { encoding: "utf8" }).split("\n");
  const own = all
    .map((line) => line.trim().split(/\s+/u))
    .find(([parent, , ...words]) => Number(parent) === process.pid && /engine-child/u.test(words.join(" ")));
  return Number(own![1]);
}

test.skipIf(process.platform === "win32")(
  "an engine that stops in the middle is told; one whose reader has other work is not",
  async () => {
    const temporary = temporaryFolder(onTestFinished);
    const folder = join(temporary, "day=1");
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "long.parquet");
    const engine = await openEngine({ temporary });
    await engine.run(`copy (select [i] as l from range(300000) t(i)) to '${path}' (format parquet)`);
    await engine.close();
    const silence = 5000;
    const { read, columns } = await engineProcess("test", [path], { temporary }, undefined, silence);
    const pieces = read(columns, 2048);
    await pieces.next();
    for (const until = performance.now() + 1.2 * silence; performance.now() < until;);
    await pieces.next();
    process.kill(enginePid(), "SIGSTOP");
    await expect(async () => {
      for await (const piece of pieces) expect(piece.rows).toBeGreaterThan(0);
    }).rejects.toThrow(/expected rows from the engine within 5 s, received none.*DATA_MALFORMED/su);
    expect(readdirSync(temporary)).toEqual(["day=1"]);
  },
  60_000,
);
