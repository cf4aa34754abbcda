import { join } from "node:path";
import { loadTable } from "@tideline/predict";
import { hermes, lowered, runOnHermes } from "../../test/table/hermes.ts";
import { timeCalls, type OpenRuntime } from "./runtime.ts";

/** The table's reader in this process. */
export const tableInNode: OpenRuntime = async ({ table, rows }) => {
  const started = performance.now();
  const model = loadTable(table);
  const loadMs = performance.now() - started;
  const output = model.run(rows[0]!);
  return {
    loadMs,
    run: async (given) => given.map((row) => model.run(row)),
    time: (runs) => timeCalls(runs, (index) => model.run(rows[index % rows.length]!, output)),
    close: async () => {},
  };
};

/** What the script prints. */
interface HermesResult {
  readonly loadMs: number;
  readonly us: number;
  readonly outputs: readonly (readonly number[])[];
}

/** The same reader on Hermes 0.12, in a process of its own for each round, compiled ahead as apps are. */
export const tableOnHermes: OpenRuntime = async ({ table, rows }) => {
  if (hermes === undefined) return "no Hermes for this platform from npm";
  const entry = join(import.meta.dirname, "hermes-entry.ts");
  const start = async (runs: number): Promise<HermesResult> => {
    const input = { bytes: [...table], rows: rows.map((row) => [...row]), runs };
    return JSON.parse(runOnHermes(await lowered(entry, input))) as HermesResult;
  };
  const first = await start(1);
  return {
    loadMs: first.loadMs,
    run: async () => first.outputs.map((output) => Float32Array.from(output)),
    time: async (runs) => (await start(runs)).us,
    close: async () => {},
  };
};
