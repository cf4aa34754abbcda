import { tidelineError } from "../../error.ts";
import type { CaseRuntime } from "../case-runtime.ts";
import { feedValues } from "./feed-values.ts";

/** The part of `@tideline/predict` that is used; it is handed in, so that nothing here depends on it. */
export interface TableReader {
  (bytes: Uint8Array): {
    readonly input: { readonly name: string };
    readonly outputs: readonly { readonly name: string }[];
    run(input: Float32Array): Float32Array;
    read(index: number): Float32Array;
  };
}

/**
 * The model table, read by pure TypeScript: wherever JavaScript runs.
 *
 * @param loadTable of `@tideline/predict`
 * @example
 * const runtime = tableCase(loadTable, "0.1.0");
 */
export function tableCase(loadTable: TableReader, version: string): CaseRuntime {
  const who = "predict";
  return Object.freeze({
    name: who,
    formats: ["table"],
    start: async () => ({
      version,
      async open(bytes, artifact, plan) {
        const model = loadTable(bytes);
        const input = plan.inputs.filter(({ name }) => name === model.input.name)[0];
        if (input === undefined || plan.inputs.length !== 1)
          throw tidelineError("RUNTIME_UNSUPPORTED", {
            who,
            field: "inputs",
            expected: model.input.name,
            received: plan.inputs.map(({ name }) => name).join(", "),
          });
        const named = model.outputs.map(({ name }) => name);
        const outputs = plan.outputs.map(({ name }) => name).filter((name) => named.indexOf(name) >= 0);
        return {
          outputs,
          feed: (row) =>
            feedValues(who, { name: input.name, elementType: "float32" }, row[input.name]!, artifact),
          run(feed) {
            const first = model.run(feed as Float32Array);
            const answers: Record<string, Float32Array> = {};
            for (const [at, name] of named.entries()) answers[name] = at === 0 ? first : model.read(at);
            return answers;
          },
          operators: async () => "the reader of tables has no clock inside: one row takes it microseconds",
          close: () => {},
        };
      },
    }),
  } satisfies CaseRuntime);
}
