import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeTable } from "@tideline/graph";
import { loadTable } from "../packages/predict/src/index.ts";
import { BUILD_MS, hasCompiler, isRequired } from "./native-c/build.ts";
import { floats, openBench, readVector, vectors, type VectorBench } from "./native-c/vector-program.ts";
import { hostileTables, mostBytes } from "./table/hostile-table.ts";
import { MODEL_KINDS, randomModel } from "./table/random-model.ts";

let bench: VectorBench;

beforeAll(async () => {
  if (hasCompiler || isRequired) bench = await openBench();
}, BUILD_MS);

afterAll(() => bench?.close());

interface TableVector {
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly outputs: readonly { readonly name: string; readonly dims: readonly number[] }[];
  readonly labels: readonly string[];
  readonly tolerance: { readonly absolute: number; readonly relative: number };
  readonly rows: readonly {
    readonly input: readonly (number | string)[];
    readonly outputs: Readonly<Record<string, readonly (number | string)[]>>;
  }[];
}

const tables = readdirSync(join(vectors, "table")).filter((name) => name.endsWith(".tlm"));

describe.skipIf(!hasCompiler && !isRequired)("model tables in C", () => {
  /** Runs tables on rows in one process; what was said of each, and its outputs' numbers in order. */
  async function runTables(runs: readonly { readonly path: string; readonly rows: Buffer }[]) {
    const args: string[] = [];
    for (const [index, { path, rows }] of runs.entries())
      args.push(path, await bench.temporary(`rows-${index}`, rows), join(bench.folder, `out-${index}`));
    const lines = await bench.vector("table", ...args);
    return lines.map((line, index) => {
      const bytes = readFileSync(join(bench.folder, `out-${index}`));
      const numbers = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
      return { said: JSON.parse(line) as object, numbers };
    });
  }

  /** The first number that is not near enough, in words; undefined where there is none. */
  function firstDifference(
    found: readonly number[],
    wanted: readonly number[],
    slack: number,
  ): string | undefined {
    const at = wanted.findIndex(
      (value, index) => !Object.is(found[index], value) && !(Math.abs(found[index]! - value) <= slack),
    );
    return at < 0 ? undefined : `number ${at}: expected ${wanted[at]}, received ${found[at]}`;
  }

  const largestOf = (values: readonly number[]): number =>
    Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));

  test("tables give what ONNX Runtime gave for the same graphs", async () => {
    const expected = tables.map((name) => readVector<TableVector>(`table/${name.replace(/tlm$/, "json")}`));
    const found = await runTables(
      tables.map((name, index) => ({
        path: join(vectors, "table", name),
        rows: floats(expected[index]!.rows.flatMap(({ input }) => [...input])),
      })),
    );
    for (const [index, name] of tables.entries()) {
      const { input, outputs, labels, rows, tolerance } = expected[index]!;
      const { said, numbers } = found[index]!;
      expect(said).toMatchObject({ input, outputs, labels });
      let at = 0;
      for (const row of rows) {
        for (const output of outputs) {
          const wanted = row.outputs[output.name]!.map(Number);
          const slack = tolerance.absolute + tolerance.relative * largestOf(wanted);
          expect(firstDifference(numbers.slice(at, at + wanted.length), wanted, slack), name).toBe(undefined);
          at += wanted.length;
        }
      }
      expect(at).toBe(numbers.length);
    }
    expect(found.length).toBeGreaterThan(25);
  });

  const refused = readdirSync(join(vectors, "table/refuse"));

  test("malformed tables are refused, all of them", async () => {
    const paths = refused.map((name) => join(vectors, "table/refuse", name));
    const said = await bench.vector("tables", await bench.temporary("list", paths.join("\n")));
    const codes = said.map((line) => (JSON.parse(line) as { code?: string }).code);
    expect(Object.fromEntries(refused.map((name, index) => [name, codes[index]]))).toEqual(
      Object.fromEntries(refused.map((name) => [name, "MODEL_MALFORMED"])),
    );
  });

  test("tables that ask for as much as they may get no more memory than the format says", async () => {
    for (const table of hostileTables()) {
      const path = await bench.temporary(`${table.name}.tlm`, table.bytes);
      const [line] = await bench.vector("cost", path);
      const { code, bytes, needs, last } = JSON.parse(line!) as Record<string, number>;
      expect(code, table.name).toBe(table.isLegal ? "OK" : "MODEL_MALFORMED");
      // The sanitizers' own memory is an eighth, and some pages.
      expect(bytes, table.name).toBeLessThan(mostBytes(table, 2 ** 19));
      // One allocation, computed beforehand.
      expect(needs, table.name).toBeLessThan(mostBytes(table, 0));
      if (table.name === "label-long") expect(last).toBe(2 ** 20 - 5);
    }
  });

  test("random models of every kind give what the reader in TypeScript gives", async () => {
    const models = MODEL_KINDS.flatMap((kind) =>
      [101, 102].map((seed) => ({ kind, seed, ...randomModel(kind, seed) })),
    );
    const written = models.map(({ model, kind, seed }) => {
      const result = writeTable(model.graph);
      return result.ok ? result.bytes : expect.fail(`${kind} ${seed}: ${JSON.stringify(result.reasons)}`);
    });
    const paths = await Promise.all(
      written.map((bytes, index) => bench.temporary(`random-${index}.tlm`, bytes)),
    );
    const found = await runTables(
      models.map(({ rows }, index) => ({
        path: paths[index]!,
        rows: floats(rows.flatMap((row) => [...row])),
      })),
    );
    for (const [index, { kind, seed, rows }] of models.entries()) {
      const table = loadTable(written[index]!);
      let at = 0;
      for (const row of rows) {
        table.run(row);
        for (const output of table.outputs.keys()) {
          const wanted = [...table.read(output)];
          const got = found[index]!.numbers.slice(at, at + wanted.length);
          // Equal but for the last bit of a library's exponential.
          expect(firstDifference(got, wanted, 1e-6 * largestOf(wanted)), `${kind} ${seed}`).toBe(undefined);
          at += wanted.length;
        }
      }
      expect(at).toBe(found[index]!.numbers.length);
    }
  });

  test("a release's vectors are run on the device, and a difference is a failure", async () => {
    const { rows, outputs } = readVector<TableVector>("table/activity.json");
    const name = outputs[0]!.name;
    const windows = rows.map(({ input }) => input);
    const probabilities = rows.map((row) => row.outputs[name]!.map(Number));
    const codeOf = async (vectorsOf: unknown): Promise<string> => {
      const path = await bench.temporary("vectors.json", JSON.stringify(vectorsOf));
      const [said] = await bench.vector("self-test", join(vectors, "table/activity.tlm"), path);
      return (JSON.parse(said!) as { code: string }).code;
    };
    const good = { format: 1, tolerance: 1e-4, windows, probabilities };
    expect(await codeOf(good)).toBe("OK");
    // Members in another order, and some that this version does not know.
    expect(await codeOf({ later: [{}], probabilities, windows, tolerance: 1e-4, format: 1 })).toBe("OK");
    const other = [[probabilities[0]![0]! + 0.01, ...probabilities[0]!.slice(1)], ...probabilities.slice(1)];
    expect(await codeOf({ ...good, probabilities: other })).toBe("SELF_TEST_FAILED");
    const misfits = [
      { ...good, windows: [] },
      { ...good, windows: windows.slice(1) },
      { ...good, windows: windows.map((row) => row.slice(1)) },
      { ...good, probabilities: [], windows: [] },
      { ...good, format: 2 },
      { tolerance: 1 },
    ];
    for (const misfit of misfits) expect(await codeOf(misfit)).toBe("ARTIFACT_CORRUPT");
  });

  test.each(["table", "answer", "journal"] as const)(
    "what fuzzing once reached in %s breaks nothing",
    async (target) => {
      const corpus = new URL(`../native/c/fuzz/corpus/${target}`, import.meta.url).pathname;
      const files = readdirSync(corpus).map((name) => join(corpus, name));
      const end = await bench.run(`replay-${target}`, files);
      expect(end).toMatchObject({ status: 0, errors: "", lines: [`${files.length} files`] });
    },
  );

  test("damaged tables get the verdict of the reader in TypeScript, and none breaks a rule of memory", async () => {
    const files: { readonly path: string; readonly isLegal: boolean }[] = [];
    let index = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...tables),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (name, changes, isCut) => {
          let bytes = new Uint8Array(readFileSync(join(vectors, "table", name)));
          for (const [at, value] of changes) bytes[16 + (at % (bytes.length - 16))] = value;
          if (isCut) bytes = bytes.slice(0, bytes.length - 4);
          const view = new DataView(bytes.buffer);
          view.setUint32(8, bytes.length, true);
          view.setUint32(12, crc32(bytes.subarray(16)), true);
          let isLegal = true;
          try {
            loadTable(bytes);
          } catch (error) {
            isLegal = false;
            expect(error).toMatchObject({ code: "MODEL_MALFORMED" });
          }
          const path = join(bench.folder, `damaged-${(index += 1)}.tlm`);
          files.push({ path, isLegal });
          writeFileSync(path, bytes);
        },
      ),
      { numRuns: 300 },
    );
    const said = await bench.vector(
      "tables",
      await bench.temporary("list", files.map(({ path }) => path).join("\n")),
    );
    const verdicts = said.map((line) => (JSON.parse(line) as { code?: string }).code ?? "legal");
    expect(verdicts).toEqual(files.map(({ isLegal }) => (isLegal ? "legal" : "MODEL_MALFORMED")));
    expect(new Set(verdicts).size).toBe(2);
  });
});
