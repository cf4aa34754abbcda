import { existsSync } from "node:fs";
import type { RuntimeTensor } from "@tideline/graph";
import { writeLitert, type LitertPrecision } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode, openLitert } from "@tideline/pipeline";
import { expect, test } from "vitest";
import { CATEGORICAL, censusTable, NUMERIC, tableRows } from "../examples/nets/adult-table.ts";
import { dataFolder } from "../examples/nets/example-option.ts";
import { agreement, decisions } from "./litert/graph-answer.ts";

const folder = dataFolder("adult");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;

/** Rows that ranges are seen by, of those that are trained with. */
const SHOWN = 200;

test.skipIf(!existsSync(folder) && !required)(
  "8 bits leave less than 0.3 of the bytes of a net of the census, and lose at most a point",
  async () => {
    const rows = censusTable(folder, "data");
    const random = seededRandom(1);
    const held = Array.from(rows.y, () => random.uniform() < 0.2);
    const side = (wanted: boolean) =>
      tableRows(
        rows,
        held.flatMap((own, row) => (own === wanted ? [row] : [])),
      );
    const [train, validation] = [side(false), side(true)];
    const form = { categorical: CATEGORICAL, numeric: NUMERIC, bins: 32, epochs: 2, batch: 256, rate: 2e-3 };
    const model = await nets.tableEmbedding({ ...form, seed: 1 }).fit(train, { runtime: onnxruntimeNode });
    const codes = model.encoding.categorical.map(
      ({ values }) => new Map(values.map((value, at) => [value, at + 1])),
    );
    const feed = (table: typeof train, from: number, to: number): Record<string, RuntimeTensor> => {
      const places = Array.from({ length: to - from }, (_, at) => from + at);
      const categories = places.flatMap((row) =>
        CATEGORICAL.map((name, at) => codes[at]!.get(table.columns[name]![row] as string) ?? 0),
      );
      const numbers = places.flatMap((row) => NUMERIC.map((name) => table.columns[name]![row] as number));
      return {
        categories: { dims: [places.length, CATEGORICAL.length], values: Int32Array.from(categories) },
        numbers: { dims: [places.length, NUMERIC.length], values: Float32Array.from(numbers) },
      };
    };
    const graph = model.graph();
    const shown = Array.from({ length: SHOWN }, (_, row) => feed(train, row, row + 1));
    const asked = feed(validation, 0, validation.y.length);
    const measured = async (precision: LitertPrecision) => {
      const written = writeLitert(graph, {
        precision,
        ...(precision === "int8" && { calibration: { rows: shown as never } }),
      });
      if (!written.ok) throw new Error(JSON.stringify(written.reasons));
      const opened = await openLitert(written.bytes);
      const output = graph.graph.outputs[0]!.name;
      const answer = await opened.run(asked, [output]);
      await opened.release();
      const decided = decisions(answer[output]!.values as Float32Array, 2);
      return { bytes: written.bytes.length, right: agreement(decided, validation.y) };
    };
    const [float, whole] = [await measured("float32"), await measured("int8")];
    console.log(`float32 ${JSON.stringify(float)}, int8 ${JSON.stringify(whole)}`);
    expect(float.bytes).toBeGreaterThan(100_000);
    expect(whole.bytes).toBeLessThan(0.3 * float.bytes);
    // Who says nobody earns more is right of three in four.
    expect(float.right).toBeGreaterThan(0.83);
    expect(whole.right).toBeGreaterThanOrEqual(float.right - 0.01);
  },
);
