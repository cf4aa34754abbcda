import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { csvSource, writeParquet } from "@tideline/pipeline/frame";
import { profileCommand } from "./profile.ts";

const folder = mkdtempSync(join(tmpdir(), "tideline-profile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const rows = Array.from({ length: 200 }, (_, row) => ({
  age: row % 7 === 0 ? null : 20 + (row % 50),
  city: ["Bonn", "Ulm"][row % 2]!,
}));
writeFileSync(at("a.csv"), `age,city\n${rows.map(({ age, city }) => `${age ?? ""},${city}`).join("\n")}\n`);
writeFileSync(at("a.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

test("a file by its ending or its first bytes, and a folder of Parquet files, are the same table", async () => {
  mkdirSync(at("parts"));
  await writeParquet(at("parts/a.parquet"), await csvSource(at("a.csv")));
  copyFileSync(at("a.csv"), at("csv"));
  copyFileSync(at("a.jsonl"), at("jsonl"));
  copyFileSync(at("parts/a.parquet"), at("parquet"));
  const first = (await profileCommand(at("a.csv"))).value as { readonly columns: readonly object[] };
  expect(first.columns).toMatchObject([
    { name: "age", kind: "integer", rows: 200, missing: 29, distinct: 50 },
    { name: "city", distinct: 2, top: [{ value: "Bonn", rows: 100 }, { value: "Ulm" }] },
  ]);
  for (const other of ["a.jsonl", "parts", "csv", "jsonl", "parquet"]) {
    const { columns } = (await profileCommand(at(other))).value as typeof first;
    // JSON's numbers are floats, whose values are not counted one by one.
    const known = (list: readonly object[]) => list.map((one) => ({ ...one, kind: "", top: null }));
    expect(known(columns), other).toEqual(known(first.columns));
  }
});

test("texts that stand for a missing value are named with what to do, and read as missing where that is said", async () => {
  writeFileSync(at("survey.csv"), "age,city\n31,Ulm\n?,Bonn\n27,NA\n58,Ulm\n44,Bonn\n");
  const { text } = await profileCommand(at("survey.csv"));
  expect(text).toMatch(/age +placeholder +"\?"[^]*city +placeholder +"NA"[^]*--missing TEXT/u);
  const { value } = await profileCommand(at("survey.csv"), { missing: ["?", "NA"] });
  expect(value).toMatchObject({
    warnings: [],
    columns: [
      { kind: "integer", missing: 1 },
      { kind: "string", missing: 1 },
    ],
  });
  await expect(profileCommand(at("a.jsonl"), { missing: ["?"] })).rejects.toThrow(/missing: expected a CSV/u);
});

test("text for a person, with the label, and nothing that a terminal obeys", async () => {
  const { text } = await profileCommand(at("a.csv"), { label: "city" });
  expect(text).toMatch(/200 rows, 2 columns[^]*age +\w+ +14\.5 % +50 +20[^]*Bonn 50\.0 %, Ulm 50\.0 %/u);
  writeFileSync(at("hostile.csv"), "a\u001b[2J\u202eb,c\n\u001b]0;x\u0007,1\n\u001b[31mred,2\n");
  const hostile = await profileCommand(at("hostile.csv"));
  // eslint-disable-next-line no-control-regex
  expect(hostile.text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u);
  expect(hostile.text).toContain("[31mred");
});

test("a page beside the text and the JSON replaces a page, and nothing else", async () => {
  const html = at("a.html");
  const { value, text } = await profileCommand(at("a.csv"), { label: "city", html });
  expect(value).toMatchObject({ html, rows: 200 });
  expect(text).toContain(`The page is ${html}.`);
  expect(readFileSync(html, "utf8")).toMatch(
    /<title>Profile of [^<]*a.csv<\/title>[^]*What goes with the label/u,
  );
  await profileCommand(at("a.csv"), { html });
  expect(readFileSync(html, "utf8")).not.toContain("What goes with the label");
  const before = readFileSync(at("a.csv"));
  for (const wrong of ["a.csv", "no/a.html", "."])
    await expect(profileCommand(at("a.csv"), { html: at(wrong) }), wrong).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
    });
  expect(readFileSync(at("a.csv"))).toEqual(before);
});

test("rows that cannot be read are an error that says what to do, or written and counted", async () => {
  writeFileSync(at("torn.csv"), `a,b\n${"1,2\n".repeat(30)}1,2,<b>3\n${"1,2\n".repeat(30)}`);
  await expect(profileCommand(at("torn.csv"))).rejects.toThrow(/--rejected FILE[^]*DATA_MALFORMED/u);
  const [html, rejected] = [at("torn.html"), at("torn.jsonl")];
  const { value, text } = await profileCommand(at("torn.csv"), { html, rejected });
  expect(value).toMatchObject({ rows: 60, rejected: 1 });
  expect(text).toContain(`1 row could not be read: see ${rejected}.`);
  expect(readFileSync(html, "utf8")).toMatch(/1 row could not be read[^]*<td class="number">32</u);
  expect(JSON.parse(readFileSync(rejected, "utf8"))).toMatchObject({ line: 32 });
  for (const wrong of [at("torn.csv"), html])
    await expect(profileCommand(at("torn.csv"), { html, rejected: wrong }), wrong).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
    });
});

test("values that may be personal are on the page only if asked for", async () => {
  writeFileSync(
    at("mail.csv"),
    `mail\n${Array.from({ length: 60 }, (_, n) => `p${n % 9}@mail.example\n`).join("")}`,
  );
  const html = at("mail.html");
  await profileCommand(at("mail.csv"), { html });
  expect(readFileSync(html, "utf8")).not.toContain("@mail.example");
  await profileCommand(at("mail.csv"), { html, showPersonal: true });
  expect(readFileSync(html, "utf8")).toContain("p3@mail.example");
});

test("what is not there is an error with its code", async () => {
  await expect(profileCommand(at("no.csv"))).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
  await expect(profileCommand(at("a.csv"), { label: "x" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
  await expect(profileCommand(at("a.csv"), { table: "x" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
  mkdirSync(at("empty"));
  await expect(profileCommand(at("empty"))).rejects.toMatchObject({ code: "DATA_NOT_FOUND" });
  writeFileSync(at("bad.parquet"), "no Parquet");
  await expect(profileCommand(at("bad.parquet"))).rejects.toMatchObject({ code: "DATA_MALFORMED" });
});

test("a snapshot in a folder of Tideline: the newest, or the one named; a table of it", async () => {
  const own = at("loop");
  cpSync(join(import.meta.dirname, "../../../../vectors/compat/v1/folder"), own, { recursive: true });
  const manifests = readdirSync(join(own, "lake", "snapshots")).filter((name) =>
    /^[0-9a-f]{64}\.json$/u.test(name),
  );
  const id = manifests[0]!.slice(0, 64);
  const { tables } = JSON.parse(readFileSync(join(own, "lake", "snapshots", manifests[0]!), "utf8")) as {
    readonly tables: Readonly<Record<string, { readonly rows: number }>>;
  };
  for (const [table, { rows: expected }] of Object.entries(tables)) {
    if (expected === 0) continue;
    const { value } = await profileCommand(own, { snapshot: id, table });
    expect(value).toMatchObject({ rows: expected });
  }
  const most = Math.max(...Object.values(tables).map((one) => one.rows));
  expect((await profileCommand(own, { snapshot: id })).value).toMatchObject({ rows: most });
  await expect(profileCommand(own, { table: "toString" })).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
  await expect(profileCommand(own, { snapshot: "0" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});
