import { assert, constantFrom, json, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { parseConfig } from "./config-file.ts";
import { firstIllegal, placeOf } from "./json-place.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("a place is found for what JSON.parse refuses, and none for what it takes", () => {
  assert(
    property(json(), nat(), constantFrom("", ",", "}", '"', "0", "\\", "\n", "x"), (text, at, put) => {
      const place = at % (text.length + 1);
      const changed = text.slice(0, place) + put + text.slice(place + (at % 3));
      expect(firstIllegal(text)).toBeNull();
      expect(firstIllegal(changed) === null).toBe(isJson(changed));
    }),
  );
});

test.each([
  ["", 0],
  ["[1,]", 3],
  ['{"a" 1}', 5],
  ["01", 1],
  ['["unended]', 1],
  ['["\u0001"]', 1],
  ["{} {}", 3],
])("%j is illegal from offset %i", (text, offset) => {
  expect(firstIllegal(text)).toBe(offset);
});

test("lines and columns count from 1", () => {
  expect(placeOf("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
});

describe("a configuration", () => {
  test("paths count from its folder", () => {
    const config = parseConfig(
      "/srv/gym/tideline.json",
      '{ "folder": "loop", "app": "/opt/app.ts", "port": 0 }',
    );
    expect(config).toEqual({ folder: "/srv/gym/loop", app: "/opt/app.ts", port: 0 });
  });

  test.each([
    ['{ "port": 4600', "line 1, column 15: expected JSON, received the end of the file"],
    ["[1]", "expected a JSON object, received [1]"],
    ["null", "expected a JSON object, received null"],
    ['{ "prot": 1 }', '"prot": expected one of folder, host, port, app, region, seed, speed. Is port meant?'],
    ['{ "port": "4600" }', '"port": expected an integer from 0 to 65535, received "4600"'],
    ['{ "port": 65536 }', '"port": expected an integer from 0 to 65535, received 65536'],
    ['{ "seed": 1.5 }', '"seed": expected an integer from 0, received 1.5'],
    ['{ "speed": 0 }', '"speed": expected a number above 0, received 0'],
    ['{ "folder": "" }', '"folder": expected the path of a folder, received ""'],
  ])("%j is malformed", (text, sentence) => {
    expect(() => parseConfig("/etc/t.json", text)).toThrow(`/etc/t.json: ${sentence} [CONFIG_MALFORMED]`);
  });
});
