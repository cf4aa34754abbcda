import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { collectFrame } from "@tideline/learn/frame";
import { isTidelineError } from "@tideline/spec/error";
import { expect, onTestFinished, test } from "vitest";
import { mixedLineEnds } from "./csv-line-end.ts";
import { csvSource } from "./csv-source.ts";

/** A folder, and the path of a file in it with a text. */
async function written() {
  const folder = await mkdtemp(join(tmpdir(), "tideline-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return async (name: string, text: string) => {
    await writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
    return join(folder, name);
  };
}

test("lines that end otherwise than those before are told with their number, and what the error advises mends the file", async () => {
  const file = await written();
  const many = Array.from({ length: 30_000 }, (_, row) => `${row},x`).join("\n");
  const cases = [
    ["early.csv", "a,b\r\n1,2\n3,4\r\n", 2, "\\n", "\\r\\n", 2],
    ["early.csv.gz", "a,b\n1,2\n3,4\r\n", 3, "\\r\\n", "\\n", 2],
    ["quoted.csv", 'a,b\r\n1,"x\ny ""z"""\r\n3,4\n', 3, "\\n", "\\r\\n", 2],
    ["old.csv", "a,b\n1,2\r3,4\r", 2, "\\r", "\\n", 2],
    ["late.csv", `a,b\n${many}\n1,y\r\n`, 30_002, "\\r\\n", "\\n", 30_001],
  ] as const;
  for (const [name, text, line, end, before, rows] of cases) {
    const path = await file(name, text);
    const failed = await csvSource(path)
      .then((source) => collectFrame(source))
      .catch((error: unknown) => error);
    if (!isTidelineError(failed, "DATA_MALFORMED")) throw failed;
    expect(failed.parts.received, name).toBe(
      `line ${line} that ends in "${end}", behind lines that end in "${before}"`,
    );
    if (name.endsWith(".gz")) continue;
    const command = failed.parts.remedy!.replace(/^[^:]*: /u, "").replace("old", `'${path}'`);
    execFileSync("sh", ["-c", command.replace("new", `'${path}.new.csv'`)]);
    const { rows: found } = await collectFrame(await csvSource(`${path}.new.csv`));
    expect(found, name).toBe(rows);
  }
});

test("ends that are all alike, also within and without quotes, are no mix", async () => {
  const file = await written();
  for (const text of ["a\n1\n", "a\r\n1\r\n", "a\r1\r", 'a\r\n"\n"\r\n', 'a\n"\r"\n', "", "a"])
    await expect(mixedLineEnds(await file("one.csv", text)), JSON.stringify(text)).resolves.toBeUndefined();
});
