import { decodeJournal } from "@tideline/device";
import { loadTable } from "@tideline/predict";
import { gzip, utf8, verifyEd25519 } from "@tideline/react-native";
import { runPlan, tableCase, type BenchmarkPlan, type CaseReport } from "@tideline/spec/benchmark";
import { decodeBatch, fromBase64, messageOf, toBase64, toHex } from "@tideline/spec";
import { wireFaults, type WireCase } from "./wire-run.ts";
import { drive, type DriverInput } from "../../test/device-hermes-driver.ts";

/** Bytes in base64: the bundle has no files to read. */
export type Base64 = string;

/** Numbers as the vectors hold them: those that JSON lacks are text. */
type VectorNumber = number | string;

/** A table of `vectors/table` with what ONNX Runtime made of the same graph. */
export interface TableCase {
  readonly name: string;
  readonly table: Base64;
  readonly vector: {
    readonly input: unknown;
    readonly outputs: readonly { readonly name: string }[];
    readonly labels: readonly string[];
    readonly tolerance: { readonly absolute: number; readonly relative: number };
    readonly rows: readonly {
      readonly input: readonly VectorNumber[];
      readonly outputs: Readonly<Record<string, readonly VectorNumber[]>>;
    }[];
  };
}

/** Everything that a run is told; made by Node. */
export interface VectorInput {
  readonly driver: DriverInput;
  readonly tables: readonly TableCase[];
  /** Tables that every reader must refuse, by name. */
  readonly refusedTables: readonly (readonly [name: string, table: Base64])[];
  readonly wire: readonly WireCase[];
  readonly batch: Base64;
  readonly journal: Base64;
  /** Texts with their UTF-8, and bytes that are none. */
  readonly texts: readonly (readonly [text: string, hex: string])[];
  readonly malformedTexts: readonly Base64[];
  /** Public key, message, signature, whether it is valid. */
  readonly signatures: readonly (readonly [
    key: Base64,
    message: Base64,
    signature: Base64,
    valid: boolean,
  ])[];
  readonly toCompress: Base64;
  /** Cases of the benchmark: a plan of one model table, and the table. */
  readonly benchmark: { readonly plan: BenchmarkPlan; readonly table: Base64 };
}

/** What came of a run; plain JSON. */
export interface VectorReport {
  /** What the device's client did, as one line of JSON. */
  readonly device: string;
  /** Largest difference of each table's numbers from the oracle's, as a part of what is tolerated; above 1 is too far. */
  readonly tables: Readonly<Record<string, number | string>>;
  /** Refused tables that were taken. */
  readonly takenTables: readonly string[];
  /** What is wrong with which vector of the wire. */
  readonly wireFaults: readonly string[];
  readonly batch: unknown;
  readonly journal: unknown;
  readonly textFaults: readonly string[];
  readonly signatureFaults: readonly number[];
  /** gzip of `toCompress`. */
  readonly compressed: Base64;
  /** What the runner of the benchmark, which phones run, reports. */
  readonly benchmark: readonly CaseReport[];
}

/** How far numbers are off, as a part of what is tolerated. */
function farness(
  actual: Float32Array,
  wanted: readonly VectorNumber[],
  { absolute, relative }: TableCase["vector"]["tolerance"],
): number {
  if (actual.length !== wanted.length) return Number.POSITIVE_INFINITY;
  const expected = Float32Array.from(wanted, Number);
  let size = 0;
  for (const value of expected) if (Number.isFinite(value)) size = Math.max(size, Math.abs(value));
  const bound = absolute + relative * size;
  let worst = 0;
  for (const [index, value] of expected.entries()) {
    if (Object.is(value, actual[index])) continue;
    const part = Math.abs(value - actual[index]!) / bound;
    worst = Math.max(worst, Number.isNaN(part) ? Number.POSITIVE_INFINITY : part);
  }
  return worst;
}

function runTable({ table, vector }: TableCase): number | string {
  const model = loadTable(fromBase64(table));
  const ends = JSON.stringify([model.input, model.outputs, model.labels]);
  if (ends !== JSON.stringify([vector.input, vector.outputs, vector.labels])) return `another table: ${ends}`;
  let worst = 0;
  for (const row of vector.rows) {
    model.run(Float32Array.from(row.input, Number));
    for (const [index, { name }] of vector.outputs.entries()) {
      worst = Math.max(worst, farness(model.read(index), row.outputs[name]!, vector.tolerance));
    }
  }
  return Number.isFinite(worst) ? worst : "a number that is not finite, or is";
}

const throws = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch {
    return true;
  }
};

/** Plain JSON of a value that holds bytes. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? toHex(part) : part)),
  ) as unknown;

function textFaults({ texts, malformedTexts }: VectorInput): string[] {
  const faults: string[] = [];
  for (const [text, hex] of texts) {
    const bytes = utf8.encode(text);
    if (toHex(bytes) !== hex) faults.push(`${text} is written as ${toHex(bytes)}`);
    if (utf8.decode(bytes) !== text) faults.push(`${hex} is read as something else`);
  }
  for (const bytes of malformedTexts) {
    if (!throws(() => utf8.decode(fromBase64(bytes)))) faults.push(`${bytes} is read as text`);
  }
  return faults;
}

/** Runs every vector with the SDK as it is installed. The same on every engine, up to the sizes of differences. */
export async function runVectors(input: VectorInput): Promise<VectorReport> {
  const tables: Record<string, number | string> = {};
  for (const table of input.tables) {
    try {
      tables[table.name] = runTable(table);
    } catch (error) {
      tables[table.name] = messageOf(error);
    }
  }
  const signatureFaults: number[] = [];
  for (const [index, [key, message, signature, valid]] of input.signatures.entries()) {
    const found = await verifyEd25519(fromBase64(key), fromBase64(message), fromBase64(signature));
    if (found !== valid) signatureFaults.push(index);
  }
  return {
    device: await drive(input.driver),
    tables,
    takenTables: input.refusedTables.flatMap(([name, table]) =>
      throws(() => loadTable(fromBase64(table))) ? [] : [name],
    ),
    wireFaults: input.wire.flatMap(wireFaults),
    batch: plain(decodeBatch(fromBase64(input.batch), utf8)),
    journal: plain(decodeJournal(fromBase64(input.journal), utf8)),
    textFaults: textFaults(input),
    signatureFaults,
    benchmark: await runPlan({
      plan: input.benchmark.plan,
      runtimes: [tableCase(loadTable, "0")],
      fetchArtifact: async () => fromBase64(input.benchmark.table),
      ports: { now: () => Date.now() },
    }),
    compressed: toBase64(await gzip(fromBase64(input.toCompress))),
  };
}
