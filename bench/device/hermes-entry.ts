import { loadTable } from "@tideline/predict";

declare const INPUT: {
  readonly bytes: readonly number[];
  readonly rows: readonly (readonly number[])[];
  readonly runs: number;
};
declare function print(line: string): void;

const bytes = Uint8Array.from(INPUT.bytes);
const rows = INPUT.rows.map((row) => Float32Array.from(row));
let started = Date.now();
const model = loadTable(bytes);
const loadMs = Date.now() - started;
const output = model.run(rows[0]!);
for (let index = 0; index < INPUT.runs / 4; index++) model.run(rows[index % rows.length]!, output);
started = Date.now();
for (let index = 0; index < INPUT.runs; index++) model.run(rows[index % rows.length]!, output);
const us = ((Date.now() - started) * 1000) / INPUT.runs;
print(JSON.stringify({ loadMs, us, outputs: rows.map((row) => Array.from(model.run(row))) }));
