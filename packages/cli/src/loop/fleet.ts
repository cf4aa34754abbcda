import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { fleetEntry, type FleetCommand, type FleetMessage } from "@tideline/fleet";
import { tidelineError, type ErrorCode } from "@tideline/spec";

type Configure = Extract<FleetCommand, { type: "configure" }>;
type Play = Extract<FleetCommand, { type: "play" }>;
type Ready = Extract<FleetMessage, { type: "ready" }>;
type Progress = Extract<FleetMessage, { type: "progress" }>;
export type FleetSummary = Extract<FleetMessage, { type: "summary" }>;

/** Phones in a process of their own, seen from the command. */
export interface RunningFleet {
  readonly phones: Ready["phones"];
  play(options: Omit<Play, "type">): Promise<void>;
  /** Flushes what can be flushed and ends the phones. */
  finish(): Promise<FleetSummary>;
  /** Ends the process at once. */
  stop(): void;
  readonly pid: number;
  /** Rejects when the fleet cannot go on. */
  readonly failed: Promise<never>;
}

/** What the command hears from the fleet. */
export interface FleetEvents {
  readonly onProgress: (progress: Progress) => void;
  readonly onKilled: (subject: string) => void;
}

/** Phones make much short-lived garbage; with a larger nursery V8 keeps some 70 MB of it for good. In MB. */
const SMALL_NURSERY = "--max-semi-space-size=4";

/** Starts the fleet and waits until every phone is there. */
export async function startFleet(
  configure: Omit<Configure, "type">,
  events: FleetEvents,
): Promise<RunningFleet> {
  const child: ChildProcess = fork(fileURLToPath(fleetEntry), [], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [...process.execArgv, SMALL_NURSERY],
  });
  const waiting = new Map<FleetMessage["type"], (message: FleetMessage) => void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let finished = false;

  child.on("message", (message: FleetMessage) => {
    if (message.type === "progress") events.onProgress(message);
    else if (message.type === "phone-killed") events.onKilled(message.subject);
    else if (message.type === "failed") {
      const { code, message: received } = message;
      failed.reject(tidelineError(code as ErrorCode, { who: "fleet", received }));
    } else if (message.type !== "phase" || message.done) waiting.get(message.type)?.(message);
  });
  child.on("exit", (status, signal) => {
    if (!finished)
      failed.reject(tidelineError("INTERNAL", { who: "fleet", received: `its end (${signal ?? status})` }));
  });
  const answer = <Type extends FleetMessage["type"]>(
    type: Type,
    command: FleetCommand,
  ): Promise<Extract<FleetMessage, { type: Type }>> => {
    const { promise, resolve } = Promise.withResolvers<FleetMessage>();
    waiting.set(type, resolve);
    // A channel that a dying fleet has closed already: its end tells it, and an event of its own would end the process.
    child.send(command, (error) => {
      if (error !== null) failed.reject(tidelineError("INTERNAL", { who: "fleet", received: error.message }));
    });
    return Promise.race([promise as Promise<Extract<FleetMessage, { type: Type }>>, failed.promise]);
  };

  const { phones } = await answer("ready", { type: "configure", ...configure });
  return {
    phones,
    pid: child.pid!,
    play: async (options) => void (await answer("phase", { type: "play", ...options })),
    finish: async () => {
      const summary = await answer("summary", { type: "finish" });
      finished = true;
      if (child.exitCode === null && child.signalCode === null) {
        child.disconnect();
        await once(child, "exit");
      }
      return summary;
    },
    stop: () => void child.kill("SIGKILL"),
    failed: failed.promise,
  };
}
