import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { frameOf } from "@tideline/learn/frame";
import { writeArrow, writeCsv, writeJson, writeParquet } from "@tideline/pipeline/frame";
import { qualityCommand } from "../packages/cli/src/command/quality.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-full-"));
const disk = join(folder, "disk");
mkdirSync(disk);

/** Whether this process may mount a file system of a MiB. */
function mounts(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const mounted = mounts();
afterAll(() => {
  if (mounted) execFileSync("umount", [disk]);
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!mounted)("a full disk (needs the right to mount one)", () => {
  const rows = 60_000;
  const numbers = Array.from({ length: rows }, (_, row) => Math.sin(row * 1e3));
  const at = (name: string) => join(disk, name);
  const table = join(folder, "table.csv");
  beforeAll(() => writeFileSync(table, `x,y\n${numbers.map((x) => `${x},${x * 7}`).join("\n")}\n`));

  test("a file that does not fit says so with what is free, and leaves the old one alone", async () => {
    writeFileSync(at("old"), "old");
    writeFileSync(at("ballast"), Buffer.alloc(300_000));
    const frame = frameOf({ x: numbers, y: numbers.map((x) => x * 7) });
    for (const write of [writeParquet, writeCsv, writeJson, writeArrow])
      await expect(write(at("old"), frame)).rejects.toThrow(
        /old: expected more room than the \d+ KiB that are free there now, received no space left.*Free some space.*\[DISK_FULL\]/su,
      );
    expect(readdirSync(disk).toSorted()).toEqual(["ballast", "old"]);
    expect(readFileSync(at("old"), "utf8")).toBe("old");
  });

  test("commands say it, too, and leave no half of a file", async () => {
    const checks = join(folder, "checks.json");
    await qualityCommand(table, { infer: checks });
    const own = JSON.parse(readFileSync(checks, "utf8")) as { columns: Record<string, object[]> };
    own.columns["x"] = [{ check: "range", atLeast: 2, severity: "quarantine" }];
    writeFileSync(checks, JSON.stringify(own));
    for (const name of ["bad.csv", "bad.parquet", "bad.jsonl"])
      await expect(qualityCommand(table, { checks, quarantine: at(name) })).rejects.toThrow(/DISK_FULL/u);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(at("more"), Buffer.alloc(bavail * bsize));
    await expect(qualityCommand(table, { infer: at("checks.json") })).rejects.toThrow(
      /checks\.json: expected more room than the 0 bytes.*DISK_FULL/su,
    );
    await expect(qualityCommand(table, { checks, html: at("page.html") })).rejects.toThrow(/DISK_FULL/u);
    writeFileSync(join(folder, "broken.csv"), `x,y\n${"1,2\n".repeat(3000)}${"1,2,3\n".repeat(100)}`);
    await expect(
      qualityCommand(join(folder, "broken.csv"), { checks, rejected: at("rejected.jsonl") }),
    ).rejects.toThrow(/DISK_FULL/u);
    expect(readdirSync(disk).toSorted()).toEqual(["ballast", "more", "old"]);
  });
});
