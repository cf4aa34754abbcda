import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How a server process is started. */
export interface RunServerOptions {
  readonly folder: string;
  readonly epoch: number;
  readonly limits?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Shell commands to run before the server takes the shell's place, as `ulimit -f 1`. */
  readonly before?: string;
}

/** How a server process ended. */
export interface ServerEnd {
  readonly status: number | null;
  readonly signal: string | null;
  /** Lines that it printed after its address. */
  readonly lines: readonly string[];
  readonly errors: string;
}

/** A running server process. */
export interface RunningServer {
  readonly address: string;
  readonly ended: Promise<ServerEnd>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<ServerEnd>;
  /** Sends SIGKILL, for the end of a test that failed. */
  kill(): void;
}

const script = new URL("./server-process.ts", import.meta.url).pathname;

/** Compiled modules, kept between the servers of a test: it halves the time of a start. */
const compileCache = join(tmpdir(), "tideline-compile-cache");

/** Starts a server process and waits for its address; rejects with what it said where it ends before. */
export async function runServer(options: RunServerOptions): Promise<RunningServer> {
  const { folder, epoch, limits = {}, env = {}, before = ":" } = options;
  const command = [process.execPath, script, folder, String(epoch), JSON.stringify(limits)];
  const child = spawn("sh", ["-c", `${before}; exec "$@"`, "sh", ...command], {
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = (async (): Promise<ServerEnd> => {
    const [status, signal] = (await once(child, "close")) as [number | null, string | null];
    return { status, signal, lines, errors };
  })();
  const output = createInterface({ input: child.stdout });
  const first = Promise.race([
    once(output, "line") as Promise<[string]>,
    ended.then((end) =>
      Promise.reject(new Error(`the server ended with ${end.status ?? end.signal}: ${end.errors}`)),
    ),
  ]);
  const [address] = await first;
  output.on("line", (line) => lines.push(line));
  return {
    address,
    ended,
    stop: () => {
      child.kill("SIGTERM");
      return ended;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}
