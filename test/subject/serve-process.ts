import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PhoneServer } from "./canary-phone.ts";

const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");
const APP = join(import.meta.dirname, "canary-app.ts");

/** `tideline serve` over the canary app, as a process of its own. */
export interface ServeProcess extends PhoneServer {
  readonly child: ChildProcess;
  readonly console: string;
  /** Everything that it has printed. */
  readonly said: () => string;
  /** Stops it and waits for its end; answers the exit status. */
  stop(): Promise<number | null>;
}

/** Starts a server over a folder; `env` may name a crash point. */
export async function serveCanaries(
  folder: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const child = spawn(process.execPath, [MAIN, "serve", "--folder", folder, "--app", APP, "--port", "0"], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let said = "";
  const ready = Promise.withResolvers<RegExpExecArray>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece: Buffer) => {
      said += piece.toString();
      const found = /console (http:\S+)\s+ingest (http:\S+)/.exec(said);
      if (found !== null) ready.resolve(found);
    });
  }
  child.once("exit", () => ready.reject(new Error(`serve ended: ${said}`)));
  const [, console, collect] = await ready.promise;
  const { writeKey } = JSON.parse(readFileSync(join(folder, "keys", "secret.json"), "utf8")) as {
    writeKey: string;
  };
  return {
    child,
    console: console!,
    collect: collect!,
    writeKey,
    said: () => said,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      return ((await ended) as [number | null])[0];
    },
  };
}
