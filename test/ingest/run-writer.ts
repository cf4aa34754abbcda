import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { IngestCounts } from "../../packages/pipeline/src/ingest/index.ts";

/** How a process of `tideline ingest` ended; counts where it could still tell them. */
export interface WriterEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly errors: string;
  readonly counts: IngestCounts | null;
}

/** A running process of `tideline ingest`. */
export interface RunningWriter {
  readonly address: string;
  readonly ended: Promise<WriterEnd>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<WriterEnd>;
  kill(): void;
}

const MAIN = join(import.meta.dirname, "..", "..", "packages", "cli", "src", "main.ts");

/** Starts `tideline ingest` as a process and waits until it listens; rejects with what it said where it ends before. */
export async function runWriter(
  folder: string,
  writer: string,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<RunningWriter> {
  const args = [MAIN, "ingest", "--folder", folder, "--writer", writer, "--port", "0", "--json", ...flags];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ended = (async (): Promise<WriterEnd> => {
    const [status, signal] = (await once(child, "close")) as [number | null, string | null];
    const last = output.trimEnd().split("\n").at(-1)!;
    const counts = status === 0 ? (JSON.parse(last) as { counts: IngestCounts }).counts : null;
    return { status, signal, errors, counts };
  })();
  const listening = (async (): Promise<string> => {
    for await (const line of createInterface({ input: child.stderr })) {
      const address = /^ingest (http:\S+),/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
    throw new Error(`${writer} ended before it listened: ${errors}`);
  })();
  return {
    address: await listening,
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
