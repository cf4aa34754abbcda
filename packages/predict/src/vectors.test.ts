import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fromJson, isClose, type TableVector } from "../../../test/table/table-vector.ts";
import { loadTable } from "./index.ts";

const folder = join(import.meta.dirname, "../../../vectors/table");
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".tlm") ? [file.slice(0, -4)] : []));

test("there are vectors", () => expect(names.length).toBeGreaterThan(7));

test.each(names)("%s gives what ONNX Runtime gives", (name) => {
  const vector = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as TableVector;
  const table = loadTable(readFileSync(join(folder, `${name}.tlm`)));
  expect(table.input).toEqual(vector.input);
  expect(table.outputs).toEqual(vector.outputs);
  expect(table.labels).toEqual(vector.labels);
  for (const row of vector.rows) {
    const input = fromJson(row.input);
    const first = table.run(input);
    for (const [index, output] of vector.outputs.entries()) {
      const actual = table.read(index);
      expect([output.name, isClose(actual, fromJson(row.outputs[output.name]!), vector.tolerance)]).toEqual([
        output.name,
        true,
      ]);
      if (index === 0) expect(actual).toEqual(first);
    }
    // A second run starts from what the first one left.
    expect(table.run(input)).toEqual(first);
  }
});
