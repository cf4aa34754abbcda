import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectFrame, numbersOf } from "@tideline/learn/frame";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { jsonSource } from "./json-source.ts";
import { repeatedKey } from "./repeated-key.ts";

test("the first key that comes twice is found, whatever stands in texts, within values and between signs", () => {
  const keys = fc.array(fc.oneof(fc.constantFrom("a", 'b"', "c:", '":', "\\", "ü"), fc.string()), {
    maxLength: 6,
  });
  const space = fc.constantFrom("", " ", "\t", " \r\n");
  fc.assert(
    fc.property(
      keys,
      fc.array(fc.jsonValue(), { minLength: 6, maxLength: 6 }),
      space,
      fc.boolean(),
      (names, values, gap, escaped) => {
        const written = names.map((name, at) => {
          const key = escaped
            ? `"${[...Array(name.length).keys()].map((place) => `\\u${name.charCodeAt(place).toString(16).padStart(4, "0")}`).join("")}"`
            : JSON.stringify(name);
          return `${gap}${key}${gap}:${gap}${JSON.stringify(values[at])}`;
        });
        const text = `{${written.join(",")}}`;
        const count = Object.keys(JSON.parse(text) as object).length;
        expect(repeatedKey(text, count)).toBe(names.find((name, at) => names.indexOf(name) < at));
      },
    ),
    { numRuns: 300 },
  );
});

test("a line of JSON that gives a field twice is rejected: which value is meant is a guess", async () => {
  const folder = temporaryFolder(onTestFinished);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "rows.jsonl");
  writeFileSync(path, '{"a":1,"b":3}\n{"a":2,"b":4,"a":5}\n{"a":6,"b":7}\n');
  await expect(jsonSource(path).then(collectFrame)).rejects.toThrow(/line 2.*field "a" twice/su);
  const told: string[] = [];
  const { columns } = await collectFrame(
    await jsonSource(path, {
      onRejected: (rows) => void told.push(...rows.map(({ line, reason }) => `${line}: ${reason}`)),
    }),
  );
  expect([...numbersOf(columns[0]!)]).toEqual([1, 6]);
  expect(told).toEqual(['2: field "a" twice']);
});
