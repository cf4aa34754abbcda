import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { interpret } from "@tideline/graph";
import { makeArtifacts, ARTIFACT_KINDS, type ModelArtifact } from "@tideline/pipeline";
import type { FormatCase } from "./case.ts";
import { ask, openInPython, peerFiles, startPython } from "./python.ts";
import { openOwn, OWN_RUNTIMES } from "./runtime.ts";
import { quantile, rounded, type TimedFile } from "./timed.ts";

/** How much is run. */
export interface FormatOptions {
  readonly rounds: number;
  readonly runs: number;
  readonly sustainSeconds: number;
  readonly folder: string;
  /** A Python with ai-edge-litert, and TensorFlow and onnx2tf where they can be had. */
  readonly python: string;
}

/** A file on a runtime, measured: each round loads it anew, as a file runs faster or slower from one load to the next. */
export interface FormatRun {
  readonly artifact: string;
  readonly writer: string;
  readonly runtime: string;
  readonly bytes: number;
  /** Of the first answer, from the interpreter's; where it could be seen. */
  readonly difference?: number;
  /** Medians of the rounds: from bytes to the first answer, resident memory meanwhile above that before, and a round's median run. */
  readonly loadMs: number;
  readonly peakBytes: number;
  readonly medianUs: number;
  /** The lower quartile of the rounds' medians: what others do on the machine makes a round slower, never faster. */
  readonly quietUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly sustained: { readonly runs: number; readonly drift: number };
  /** That its writer's float32 file computes something else. */
  readonly otherAnswers?: true;
}

/** What there is to say of a case. */
export interface FormatResult {
  readonly node: string;
  readonly cpu: string;
  readonly rounds: number;
  /** Of each round. */
  readonly runsEach: number;
  readonly case: string;
  /** Of our artifacts by kind, and of others' files by who wrote them and precision or kind. */
  readonly bytes: Readonly<Record<string, number>>;
  readonly runs: readonly FormatRun[];
  /** Ours over others'. */
  readonly ratios: readonly object[];
  /** Why there is no artifact of a kind, or it did not run. */
  readonly absent: Readonly<Record<string, string>>;
  /** Why another converter gave none. */
  readonly withoutPeer: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

interface Entry {
  readonly artifact: string;
  /** Who wrote the file. */
  readonly writer: string;
  readonly runtime: string;
  readonly bytes: number;
  readonly difference: number | undefined;
  readonly open: () => Promise<TimedFile>;
  readonly loads: number[];
  readonly peaks: number[];
  readonly medians: number[];
  readonly times: number[];
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

/** How far a file's first answer is from the interpreter's. */
function farFrom({ model, rows }: FormatCase, first: readonly (readonly number[])[]): number {
  const feed = Object.fromEntries(
    model.graph.inputs.map(({ name, dims }) => {
      const values = rows.inputs[name] as ArrayLike<number>;
      return [
        name,
        {
          dims: [1, ...(dims.slice(1) as number[])],
          values: Array.from(values).slice(0, values.length / rows.count),
        },
      ];
    }),
  );
  const [right] = Object.values(interpret(model, feed));
  return Array.from(right!.values).reduce(
    (most, value, at) => Math.max(most, Math.abs(value - first[0]![at]!)),
    0,
  );
}

/** Whose float32 file is farther than this from the interpreter computes something else, in every precision. */
const SAME = 1e-3;

const precisionOf = (kind: string): string => (kind === "tflite" ? "float32" : kind.slice("tflite-".length));

/** Everything about a case: bytes of every artifact, times of every artifact on every runtime, ratios to other converters. */
export async function compareFormats(given: FormatCase, options: FormatOptions): Promise<FormatResult> {
  const { rounds, runs, folder } = options;
  const python = startPython(options.python);
  const entries: Entry[] = [];
  const absent: Record<string, string> = {};
  const enter = async (
    artifact: string,
    writer: string,
    runtime: string,
    bytes: number,
    open: () => Promise<TimedFile & { readonly first?: readonly (readonly number[])[] }>,
  ): Promise<void> => {
    try {
      const file = await open();
      const difference = file.first && rounded(farFrom(given, file.first));
      await file.time(runs);
      await file.close();
      const measured = { loads: [], peaks: [], medians: [], times: [] };
      entries.push({ artifact, writer, runtime, bytes, difference, open, ...measured });
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
    : { made: [], counted: {}, reasons: { "litert (Python)": `${options.python} has no ai-edge-litert` } };
  const files: (readonly [artifact: string, writer: string, held: ModelArtifact])[] = [
    ...made.map((one) => [one.kind, "tideline", one] as const),
    ...peers.made.map(({ writer, precision, bytes }) => {
      const kind = precision === "float32" ? "tflite" : `tflite-${precision}`;
      const file = { path: `${kind}.tflite`, bytes };
      const held = { kind, format: "tflite", numbers: "exact", files: [file], size: bytes.length } as const;
      return [kind, writer, { ...held, sha256: "", oldest: "" }] as const;
    }),
  ];
  for (const [kind, writer, held] of files) {
    for (const runtime of OWN_RUNTIMES.filter(({ formats }) => formats.includes(held.format)))
      await enter(kind, writer, runtime.name, held.size, () => openOwn(runtime, held, given));
    if (held.format !== "tflite" || !hasPython) continue;
    const path = join(folder, `${writer}.${held.files[0]!.path}`.replaceAll(" ", "-"));
    writeFileSync(path, held.files[0]!.bytes);
    await enter(kind, writer, "litert (Python)", held.size, () => openInPython(python, path, given));
  }
  // In turns, so that what the machine does besides hits all of them; each loads its file anew.
  for (let round = 0; round < rounds; round += 1)
    for (const { open, loads, peaks, medians, times } of entries) {
      const file = await open();
      await file.time(runs);
      const own = await file.time(runs);
      await file.close();
      loads.push(file.loadMs);
      peaks.push(file.peakBytes);
      medians.push(quantile(own, 0.5));
      times.push(...own);
    }
  const result: FormatRun[] = [];
  for (const {
    artifact,
    writer,
    runtime,
    bytes,
    difference,
    open,
    loads,
    peaks,
    times,
    medians,
  } of entries) {
    const file = await open();
    result.push({
      artifact,
      writer,
      runtime,
      bytes,
      ...(difference !== undefined && { difference }),
      loadMs: rounded(quantile(loads, 0.5)),
      peakBytes: quantile(peaks, 0.5),
      medianUs: rounded(quantile(medians, 0.5)),
      quietUs: rounded(quantile(medians, 0.25)),
      p50Us: rounded(quantile(times, 0.5)),
      p90Us: rounded(quantile(times, 0.9)),
      p99Us: rounded(quantile(times, 0.99)),
      sustained: await sustained(file, options.sustainSeconds),
    });
    await file.close();
  }
  await python.end();
  const strange = new Set(
    result
      .filter(({ artifact, difference = 0 }) => artifact === "tflite" && difference > SAME)
      .map(({ writer }) => writer),
  );
  const ratios = result
    .filter(({ writer }) => writer !== "tideline")
    .map((peer) => {
      const own = result.find(
        (one) => one.writer === "tideline" && one.artifact === peer.artifact && one.runtime === peer.runtime,
      );
      return {
        peer: peer.writer,
        precision: precisionOf(peer.artifact),
        runtime: peer.runtime,
        ...(strange.has(peer.writer) && { otherAnswers: true }),
        ...(own && {
          bytes: rounded(own.bytes / peer.bytes),
          median: rounded(own.medianUs / peer.medianUs),
          quiet: rounded(own.quietUs / peer.quietUs),
        }),
      };
    });
  const counted = Object.entries(peers.counted).flatMap(([peer, kinds]) =>
    Object.entries(kinds).map(([kind, bytes]) => ({ peer, kind, bytes })),
  );
  const countedRatios = counted.flatMap(({ peer, kind, bytes }) => {
    const own = made.find((one) => one.kind === kind);
    return own === undefined ? [] : [{ peer, precision: kind, bytes: rounded(own.size / bytes) }];
  });
  return {
    node: process.version,
    cpu: cpus()[0]!.model,
    rounds,
    runsEach: runs,
    case: given.name,
    bytes: Object.fromEntries([
      ...made.map(({ kind, size }) => [kind, size]),
      ...peers.made.map(({ writer, precision, bytes }) => [`${writer} ${precision}`, bytes.length]),
      ...counted.map(({ peer, kind, bytes }) => [`${peer} ${kind}`, bytes]),
    ]),
    runs: result.map((run) => (strange.has(run.writer) ? { ...run, otherAnswers: true } : run)),
    ratios: [...ratios, ...countedRatios],
    absent,
    withoutPeer: peers.reasons,
    versions: versions as Readonly<Record<string, string>>,
  };
}
