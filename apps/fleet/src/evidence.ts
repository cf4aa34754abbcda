import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PhoneEntry } from "./message.ts";

/** The truth about a session, for whoever audits the run. */
export interface SessionTruth {
  readonly phase: string;
  readonly session: string;
  readonly activity: string;
  readonly turned: boolean;
  readonly samples: number;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}~`, `${JSON.stringify(value, null, 1)}\n`, { flush: true });
  await rename(`${path}~`, path);
}

/** Writes `phones.json`: who has which phone. */
export async function writePhones(folder: string, phones: readonly PhoneEntry[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeJson(join(folder, "phones.json"), phones);
}

/** Adds the sessions of a phase to a phone's `sessions.json`; those of a phase that is there already stay. */
export async function addSessions(folder: string, truths: readonly SessionTruth[]): Promise<void> {
  const path = join(folder, "sessions.json");
  let known: SessionTruth[] = [];
  try {
    known = JSON.parse(await readFile(path, "utf8")) as SessionTruth[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const ids = new Set(known.map(({ session }) => session));
  await writeJson(path, [...known, ...truths.filter(({ session }) => !ids.has(session))]);
}
