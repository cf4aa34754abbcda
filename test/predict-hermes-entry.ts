import { loadTable } from "@tideline/predict";

/** A table with rows to run it on, or one that must be refused. */
interface Given {
  readonly name: string;
  /** The bytes, as numbers. */
  readonly bytes: readonly number[];
  readonly rows?: readonly (readonly (number | string)[])[];
}

declare const INPUT: readonly Given[];
declare function print(line: string): void;

/** Numbers as text, so that NaN and the infinities come through JSON. */
function textOf(values: Float32Array): string {
  let text = "";
  for (let at = 0; at < values.length; at++) text += `${at > 0 ? " " : ""}${values[at]}`;
  return text;
}

const results: Record<string, unknown> = {};
for (const given of INPUT) {
  const { name, bytes, rows } = given;
  try {
    const table = loadTable(Uint8Array.from(bytes));
    results[name] = (rows ?? []).map((row) => {
      table.run(Float32Array.from(row, Number));
      return table.outputs.map((_, index) => textOf(table.read(index)));
    });
  } catch (error) {
    results[name] = (error as { code?: string }).code ?? String(error);
  }
}
print(JSON.stringify(results));
