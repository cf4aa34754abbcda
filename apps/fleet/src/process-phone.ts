import { fork, type ChildProcess } from "node:child_process";
import { tidelineError, type ErrorCode } from "@tideline/spec";
import type { PhasePlan, PhoneStatus, PhoneSummary } from "./message.ts";
import type { Phone, PhoneOptions } from "./phone.ts";
import type { PhoneCommand, PhoneMessage } from "./process-message.ts";

/** A phone in a process of its own. */
export interface ProcessPhone extends Phone {
  /** Most memory that its process had, known after `finish`. */
  peakMb(): number;
}

/** What the fleet wants to hear of it. */
export interface ProcessPhoneHooks {
  readonly activated?: (version: number) => void;
  readonly killed?: () => void;
}

type Answer<Type extends PhoneMessage["type"]> = Extract<PhoneMessage, { type: Type }>;

/** One life of the process. */
interface Life {
  ask<Type extends PhoneMessage["type"]>(
    command: PhoneCommand,
    answer: Type,
  ): Promise<Answer<Type> | "killed">;
}

/** Starts the process; `hear` gets what it tells unasked. */
function begin(subject: string, hear: (message: PhoneMessage) => void): Life {
  const child: ChildProcess = fork(new URL("./phone-process.ts", import.meta.url), {
    serialization: "advanced",
  });
  let failure: unknown = null;
  child.on("message", (message: PhoneMessage) => {
    if (message.type === "failed") {
      const parts = { who: `phone ${subject}`, received: message.message };
      failure = tidelineError(message.code as ErrorCode, parts);
    }
    hear(message);
  });
  const ended = new Promise<string>((resolve) => {
    child.on("exit", (code, signal) => resolve(signal ?? String(code)));
    child.on("error", (error) => {
      failure = error;
      resolve(error.message);
    });
  });
  return {
    ask: async (command, answer) => {
      const answered = new Promise<Answer<typeof answer>>((resolve) => {
        const listen = (message: PhoneMessage): void => {
          if (message.type !== answer) return;
          child.off("message", listen);
          resolve(message as Answer<typeof answer>);
        };
        child.on("message", listen);
      });
      // A process that has just died may refuse the command before its exit is known.
      child.send(command, (error) => {
        if (error !== null) failure ??= error;
      });
      const first = await Promise.race([answered, ended]);
      if (typeof first !== "string") return first;
      if (first === "SIGKILL") return "killed";
      throw (
        failure ??
        tidelineError("INTERNAL", {
          who: `phone ${subject}`,
          expected: `"${answer}"`,
          received: `its end (${first})`,
        })
      );
    },
  };
}

/**
 * A phone whose process is killed after so many uploads of the first phase, in the middle of sending; it is started
 * again on the same storage and goes on after the last sample that it had written down.
 */
export async function createProcessPhone(
  options: PhoneOptions,
  killAfterUploads: number,
  hooks: ProcessPhoneHooks = {},
): Promise<ProcessPhone> {
  const { subject } = options.recording;
  let status: PhoneStatus = { playedSeconds: 0, recorded: 0, acknowledged: 0, predictions: 0 };
  let peak = 0;
  const hear = (message: PhoneMessage): void => {
    if (message.type === "status" || message.type === "played") status = message.status;
    if (message.type === "activated") hooks.activated?.(message.version);
  };
  const start = async (kill: number | null) => {
    const life = begin(subject, hear);
    const opened = await life.ask({ type: "open", options, killAfterUploads: kill }, "opened");
    if (opened !== "killed") return { life, entry: opened.entry };
    throw tidelineError("INTERNAL", { who: `phone ${subject}`, expected: "a start", received: "SIGKILL" });
  };
  let { life, entry } = await start(killAfterUploads);

  const play = async (plan: PhasePlan): Promise<void> => {
    const played = await life.ask({ type: "play", plan }, "played");
    if (played !== "killed") return;
    hooks.killed?.();
    ({ life, entry } = await start(null));
    if ((await life.ask({ type: "play", plan }, "played")) === "killed") {
      throw tidelineError("INTERNAL", {
        who: `phone ${subject}`,
        expected: "one kill",
        received: "another one",
      });
    }
  };

  const finish = async (withinMs: number): Promise<PhoneSummary> => {
    const finished = await life.ask({ type: "finish", withinMs }, "finished");
    if (finished === "killed") {
      throw tidelineError("INTERNAL", {
        who: `phone ${subject}`,
        expected: "a summary",
        received: "SIGKILL",
      });
    }
    peak = finished.peakMb;
    return finished.summary;
  };

  return Object.freeze({ ...entry, play, status: () => status, finish, peakMb: () => peak });
}
