import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startChild, type Child } from "../side/child.ts";
import type { FormatCase } from "./case.ts";
import type { TimedFile } from "./timed.ts";

type Ask = { readonly do: string } & Record<string, unknown>;
/** The process of LiteRT for Python and of the converters: `peer.py`. */
export type Python = Child<Ask, Record<string, never>>;

export const startPython = (python: string): Python =>
  startChild(python, [join(import.meta.dirname, "peer.py")]);

/** What it answers; `error` where it could not. */
export async function ask(python: Python, call: Ask): Promise<Record<string, unknown> & { error?: string }> {
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

/** Opens a LiteRT file there; `first` are its answers of the first row, by output. */
export async function openInPython(
  python: Python,
  file: string,
  given: FormatCase,
): Promise<TimedFile & { readonly first: readonly (readonly number[])[] }> {
  const opened = await ask(python, { do: "open", file, rows: rowsFor(given) });
  if (opened.error !== undefined) throw new Error(opened.error);
  return {
    loadMs: opened["loadMs"] as number,
    peakBytes: opened["peakBytes"] as number,
    first: opened["first"] as readonly (readonly number[])[],
    time: async (runs) => {
      const { times, error } = await ask(python, { do: "time", file: opened["file"], runs });
      if (error !== undefined) throw new Error(error);
      return times as number[];
    },
    close: async () => void (await ask(python, { do: "close", file: opened["file"] })),
  };
}

/** Files of other converters, by who made them and precision, and why there are none. */
export async function peerFiles(
  python: Python,
  given: FormatCase,
  folder: string,
): Promise<{
  readonly made: readonly {
    readonly writer: string;
    readonly precision: string;
    readonly bytes: Uint8Array;
  }[];
  /** Of files that no machine here runs: their bytes by kind and who made them. */
  readonly counted: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly reasons: Readonly<Record<string, string>>;
}> {
  const onnx = join(folder, `${given.name}.onnx`);
  writeFileSync(onnx, given.onnx);
  const reply = await ask(python, { do: "convert", onnx, folder, rows: rowsFor(given) });
  if (reply.error !== undefined) return { made: [], counted: {}, reasons: { tensorflow: reply.error } };
  const files = reply["files"] as Record<string, Record<string, string>>;
  return {
    made: Object.entries(files).flatMap(([writer, own]) =>
      Object.entries(own).map(([precision, file]) => ({ writer, precision, bytes: readFileSync(file) })),
    ),
    counted: reply["bytes"] as Record<string, Record<string, number>>,
    reasons: reply["errors"] as Record<string, string>,
  };
}
