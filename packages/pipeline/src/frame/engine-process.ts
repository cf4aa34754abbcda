import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame, type Column, type Frame } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { receivedError } from "../portable-error.ts";
import type { EngineAnswer, EngineFiles, EngineQuestion } from "./engine-message.ts";
import type { EngineParquet } from "./engine-parquet.ts";
import type { FileEngineOptions } from "./own-engine.ts";
import { columnMaker } from "./parquet/column-maker.ts";
import { PIECE_ROWS } from "./source-of-columns.ts";
import { threadEnvironment } from "./thread-environment.ts";

/** How long a process waits for the first reader. */
const IDLE_MS = 5000;

/**
 * How long an engine may be silent, in milliseconds: a minute, and a second for each MiB of the files, which are read many times faster.
 * Damaged pages may keep it busy without end.
 */
function longestSilence(files: readonly string[]): number {
  const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
  // Timers hold 31 bits.
  return Math.min(2 ** 31 - 1, 60_000 + (1000 * bytes) / 2 ** 20);
}

/** Parts of that time, of which each that passes counts once, however long this process had other work meanwhile. */
const BEATS = 20;

/** Numbers of a piece at most, 64 MiB of them: it is copied on its way. */
const MOST_SENT = 2 ** 23;

/**
 * Parquet files as an engine reads them, in a process of its own: pages that are damaged where no checksum tells can end it, or keep
 * it busy without end, which then is an error of the data. An engine that is given reads in this process.
 *
 * @param silence milliseconds that an answer may take; by default a minute and a second for each MiB of the files.
 * @throws as {@link import("./engine-parquet.ts").engineParquet}.
 */
export async function engineProcess(
  who: string,
  files: readonly string[],
  options: FileEngineOptions,
  nested?: "text",
  silence = longestSilence(files),
): Promise<EngineParquet> {
  const { engine, temporary = tmpdir(), threads, memory } = options;
  if (engine !== undefined)
    return (await import("./engine-parquet.ts")).engineParquet(who, files, options, nested);
  const limits = { ...(threads && { threads }), ...(memory && { memory }) };
  const start = async () => {
    const spill = join(temporary, `tideline-engine-${randomUUID()}`);
    const child = engineChild({ who, files, nested, options: { temporary: spill, ...limits } }, silence);
    return { child, ...(await child.open()) };
  };
  const { child: first, columns: schema, rowCount, renamed } = await start();
  let idle: EngineChild | undefined = first;
  const timer = setTimeout(() => {
    void idle?.end();
    idle = undefined;
  }, IDLE_MS).unref();
  const columns = schema.map((own) => ({ schema: Object.freeze(own), sql: "" }));
  const width = (place: number): number => schema[place]!.width ?? 1;
  async function* read(picked: EngineParquet["columns"], rows: number = PIECE_ROWS): AsyncGenerator<Frame> {
    clearTimeout(timer);
    const taken = idle;
    idle = undefined;
    const child = taken?.isOver() === false ? taken : (await start()).child;
    try {
      const places = picked.map((column) =>
        columns.findIndex(({ schema: own }) => own.name === column.schema.name),
      );
      const makers = picked.map((column) => columnMaker(column.schema));
      const numbers = places.reduce((sum, place) => sum + width(place), 0);
      const most = Math.min(rows, Math.max(PIECE_ROWS, Math.floor(MOST_SENT / Math.max(1, numbers))));
      for (let answer = await child.ask({ kind: "read", places, rows: most }); answer.kind === "piece";) {
        const made = answer.columns.map((column, at) =>
          "kind" in column ? (column as Column) : makers[at]!(column),
        );
        // The next piece is on its way while this one is used.
        const coming = child.ask({ kind: "next" });
        coming.catch(() => undefined);
        yield frame(made);
        answer = await coming;
      }
    } finally {
      await child.end();
    }
  }
  return { columns, rowCount, renamed, read };
}

interface EngineChild {
  open(): Promise<Extract<EngineAnswer, { kind: "opened" }>>;
  /** One question at a time. @throws what the engine says, or DATA_MALFORMED where its process is gone. */
  ask(question: EngineQuestion): Promise<EngineAnswer>;
  /** Whether the process is gone. */
  isOver(): boolean;
  /** Ends the process and takes away what it left. */
  end(): Promise<void>;
}

/** Starts the process. It does not keep this one alive but while it is waited for. */
function engineChild(files: EngineFiles, silence: number): EngineChild {
  const { temporary } = files.options;
  mkdirSync(temporary, { recursive: true });
  const child = fork(join(import.meta.dirname, "engine-child.ts"), [], {
    serialization: "advanced",
    execArgv: [],
    env: threadEnvironment(),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let settle: ((answer: EngineAnswer | Error) => void) | undefined;
  /** Why no more answers come. */
  let gone: Error | undefined;
  let isOver = false;
  const ended = Promise.withResolvers<void>();
  const leave = (error: Error): void => {
    isOver = true;
    rmSync(temporary, { recursive: true, force: true });
    settle?.((gone ??= error));
    ended.resolve();
  };
  const hold = (held: boolean): void => {
    child[held ? "ref" : "unref"]();
    child.channel?.[held ? "ref" : "unref"]();
  };
  child.on("message", (answer) => settle?.(answer as EngineAnswer));
  child.on("exit", (status, signal) => leave(endError(files.who, signal ?? `status ${status}`)));
  child.on("error", (cause) =>
    leave(
      tidelineError("INTERNAL", { who: files.who, received: "a process of the engine that fails", cause }),
    ),
  );
  const ask = async (question: EngineQuestion): Promise<EngineAnswer> => {
    hold(true);
    let beats = 0;
    const timer = setInterval(() => {
      if (++beats < BEATS) return;
      gone ??= silenceError(files.who, silence);
      child.kill("SIGKILL");
    }, silence / BEATS);
    try {
      const answer = await new Promise<EngineAnswer>((resolve, reject) => {
        settle = (found) => (found instanceof Error ? reject(found) : resolve(found));
        if (gone !== undefined) reject(gone);
        else child.send(question, (error) => error && reject(gone ?? error));
      });
      if (answer.kind === "fault") throw receivedError(answer.error);
      return answer;
    } finally {
      clearInterval(timer);
      hold(false);
    }
  };
  const end = async (): Promise<void> => {
    if (isOver) return;
    hold(true);
    child.kill("SIGKILL");
    await ended.promise;
  };
  return {
    ask,
    end,
    isOver: () => isOver,
    async open() {
      try {
        return (await ask({ kind: "open", files })) as Extract<EngineAnswer, { kind: "opened" }>;
      } catch (error) {
        await end();
        throw error;
      }
    },
  };
}

function silenceError(who: string, silence: number): Error {
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: `rows from the engine within ${Math.round(silence / 1000)} s`,
    received: "none",
    remedy:
      "Pages are damaged so that it does not come to their end: copy the file anew from where it came, or write it once more, with checksums. Otherwise the machine lacks time: try it again when it has less to do",
  });
}

function endError(who: string, how: string): Error {
  const stopped = how === "SIGKILL" || how === "SIGTERM";
  return tidelineError(stopped ? "INTERNAL" : "DATA_MALFORMED", {
    who,
    expected: "pages that the engine can read",
    received: `the end of the engine's process (${how})`,
    remedy: stopped
      ? "Something else ended it, as systems do that lack memory: give it less (`memory`), or read fewer columns"
      : "Pages are damaged where no checksum tells: copy the file anew from where it came, or write it once more, with checksums",
  });
}
