import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeArtifacts, ARTIFACT_KINDS, type ModelArtifact } from "@tideline/pipeline";
import { startChild, type Child } from "../side/child.ts";
import type { FormatCase } from "./case.ts";
import { openOwn, OWN_RUNTIMES } from "./runtime.ts";
import { quantile, rounded, type TimedFile } from "./timed.ts";

type Ask = { readonly do: string } & Record<string, unknown>;
type Python = Child<Ask, Record<string, never>>;

/** How much is run. */
export interface FormatOptions {
  readonly rounds: number;
  readonly runs: number;
  readonly sustainSeconds: number;
  readonly folder: string;
  /** A Python with ai-edge-litert, and TensorFlow and onnx2tf where they can be had. */
  readonly python: string;
}

/** A file on a runtime, measured. */
interface FormatRun {
  readonly artifact: string;
  readonly writer: string;
  readonly runtime: string;
  readonly bytes: number;
  readonly loadMs: number;
  readonly peakBytes: number;
  readonly medianUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly sustained: { readonly runs: number; readonly drift: number };
}

interface Entry {
  readonly artifact: string;
  /** Who wrote the file. */
  readonly writer: string;
  readonly runtime: string;
  readonly bytes: number;
  readonly file: TimedFile;
  readonly medians: number[];
  readonly times: number[];
}

async function ask(python: Python, call: Ask): Promise<Record<string, unknown> & { error?: string }> {
  return (await python.ask(call)) as Record<string, unknown>;
}

/** The rows as the Python side reads them. */
const rowsFor = ({ model, rows }: FormatCase): Record<string, unknown> =>
  Object.fromEntries(
    model.graph.inputs.map(({ name, dims }) => [
      name,
      { dims: [rows.count, ...dims.slice(1)], values: Array.from(rows.inputs[name] as ArrayLike<number>) },
    ]),
  );

async function openInPython(python: Python, file: string, given: FormatCase): Promise<TimedFile> {
  const opened = await ask(python, { do: "open", file, rows: rowsFor(given) });
  if (opened.error !== undefined) throw new Error(opened.error);
  return {
    loadMs: opened["loadMs"] as number,
    peakBytes: opened["peakBytes"] as number,
    time: async (runs) => {
      const { times, error } = await ask(python, { do: "time", file: opened["file"], runs });
      if (error !== undefined) throw new Error(error);
      return times as number[];
    },
    close: async () => void (await ask(python, { do: "close", file: opened["file"] })),
  };
}

/** How the rate of runs changes under steady load: the last quarter's median time over the first quarter's. */
async function sustained(
  file: TimedFile,
  seconds: number,
): Promise<{ readonly runs: number; readonly drift: number }> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) times.push(...(await file.time(20)));
  const quarter = Math.max(1, times.length >> 2);
  return {
    runs: times.length,
    drift: rounded(quantile(times.slice(-quarter), 0.5) / quantile(times.slice(0, quarter), 0.5)),
  };
}

/** Files of other converters as artifacts. */
async function peerFiles(
  python: Python,
  given: FormatCase,
  folder: string,
): Promise<{ readonly made: Readonly<Record<string, Uint8Array>>; readonly reason?: string }> {
  if (!given.peers) return { made: {}, reason: "no converter at hand takes ensembles of trees from ONNX" };
  const onnx = join(folder, `${given.name}.onnx`);
  writeFileSync(onnx, given.onnx);
  const reply = await ask(python, { do: "convert", onnx, folder, rows: rowsFor(given) });
  if (reply.error !== undefined) return { made: {}, reason: reply.error };
  const files = reply["files"] as Record<string, string>;
  return {
    made: Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file)])),
  };
}

const precisionOf = (kind: string): string => (kind === "tflite" ? "float32" : kind.slice("tflite-".length));

/** Everything about a case: bytes of every artifact, times of every artifact on every runtime, ratios to other converters. */
export async function compareFormats(given: FormatCase, options: FormatOptions): Promise<object> {
  const { rounds, runs, folder } = options;
  const python: Python = startChild(options.python, [join(import.meta.dirname, "peer.py")]);
  const entries: Entry[] = [];
  const absent: Record<string, string> = {};
  const enter = async (
    artifact: string,
    writer: string,
    runtime: string,
    bytes: number,
    open: () => Promise<TimedFile>,
  ): Promise<void> => {
    try {
      entries.push({ artifact, writer, runtime, bytes, file: await open(), medians: [], times: [] });
    } catch (error) {
      absent[`${artifact} of ${writer} on ${runtime}`] = String(error).split("\n")[0]!.slice(0, 300);
    }
  };
  const versions = await ask(python, { do: "versions" }).catch((error: unknown) => ({
    error: String(error),
  }));
  const hasPython = versions.error === undefined && "ai-edge-litert" in versions;
  const { made, missing } = await makeArtifacts(
    { model: given.model, name: given.name, calibration: given.rows },
    Object.keys(ARTIFACT_KINDS),
  );
  for (const { kind, reasons } of missing) absent[kind] = reasons.map(({ reason }) => reason).join("; ");
  const peers = hasPython
    ? await peerFiles(python, given, folder)
    : { made: {}, reason: `${options.python} has no ai-edge-litert` };
  const files: (readonly [artifact: string, writer: string, held: ModelArtifact])[] = [
    ...made.map((one) => [one.kind, "tideline", one] as const),
    ...Object.entries(peers.made).map(([precision, bytes]) => {
      const kind = precision === "float32" ? "tflite" : `tflite-${precision}`;
      const file = { path: `peer.${kind}.tflite`, bytes };
      const held = { kind, format: "tflite", numbers: "exact", files: [file], size: bytes.length } as const;
      return [kind, "tensorflow", { ...held, sha256: "", oldest: "" }] as const;
    }),
  ];
  for (const [kind, writer, held] of files) {
    for (const runtime of OWN_RUNTIMES.filter(({ formats }) => formats.includes(held.format)))
      await enter(kind, writer, runtime.name, held.size, () => openOwn(runtime, held, given));
    if (held.format !== "tflite" || !hasPython) continue;
    const path = join(folder, `${writer}.${held.files[0]!.path}`);
    writeFileSync(path, held.files[0]!.bytes);
    await enter(kind, writer, "litert (Python)", held.size, () => openInPython(python, path, given));
  }
  // Warm, and then in turns, so that what the machine does besides hits all of them.
  for (const { file } of entries) await file.time(runs);
  for (let round = 0; round < rounds; round += 1)
    for (const { file, times, medians } of entries) {
      const own = await file.time(runs);
      medians.push(quantile(own, 0.5));
      times.push(...own);
    }
  const result: FormatRun[] = [];
  for (const { artifact, writer, runtime, bytes, file, times, medians } of entries) {
    result.push({
      artifact,
      writer,
      runtime,
      bytes,
      loadMs: rounded(file.loadMs),
      peakBytes: file.peakBytes,
      medianUs: rounded(quantile(medians, 0.5)),
      p50Us: rounded(quantile(times, 0.5)),
      p90Us: rounded(quantile(times, 0.9)),
      p99Us: rounded(quantile(times, 0.99)),
      sustained: await sustained(file, options.sustainSeconds),
    });
    await file.close();
  }
  await python.end();
  const ratios = result
    .filter(({ writer }) => writer === "tensorflow")
    .map((peer) => {
      const own = result.find(
        (one) => one.writer === "tideline" && one.artifact === peer.artifact && one.runtime === peer.runtime,
      );
      return {
        precision: precisionOf(peer.artifact),
        runtime: peer.runtime,
        ...(own && { bytes: rounded(own.bytes / peer.bytes), median: rounded(own.medianUs / peer.medianUs) }),
      };
    });
  return {
    case: given.name,
    bytes: Object.fromEntries([
      ...made.map(({ kind, size }) => [kind, size]),
      ...Object.entries(peers.made).map(([name, bytes]) => [`tensorflow ${name}`, bytes.length]),
    ]),
    runs: result,
    ratios,
    absent,
    ...(peers.reason === undefined ? {} : { withoutPeer: peers.reason }),
    versions,
  };
}
