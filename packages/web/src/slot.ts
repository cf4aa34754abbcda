import { tidelineError } from "@tideline/spec";
import { deleteDatabase } from "./database.ts";

/** A place for one client of this browser, held by this page until it is released or the page ends. */
export interface Slot {
  /** Number of the slot: the first page has 0, a second one beside it 1. */
  readonly number: number;
  /** Name of the slot's database. */
  readonly database: string;
  /** Name of the database with the slot's secrets. */
  readonly secrets: string;
  release(): void;
}

/** Databases of an app's slots begin so. */
const prefixOf = (app: string): string => `tideline-${app}-`;

/** Names of a slot's databases. */
export function databasesOf(app: string, number: number): Pick<Slot, "database" | "secrets"> {
  const database = `${prefixOf(app)}${number}`;
  return { database, secrets: `secure-${database}` };
}

/** The slot, or null while another page holds it. */
export function claim(app: string, number: number): Promise<Slot | null> {
  const names = databasesOf(app, number);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(names.database, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((release) => resolve(Object.freeze({ number, ...names, release })));
      })
      .catch(reject);
  });
}

function requireLocks(): void {
  if (typeof navigator !== "undefined" && navigator.locks !== undefined) return;
  throw tidelineError("STORAGE_FAILED", {
    who: "web",
    field: "navigator.locks",
    expected: "Web Locks, so that two pages never write one queue",
    received: "none",
    remedy: "Serve the page over https or from localhost.",
  });
}

/**
 * Claims the first slot that no other page of this browser holds. A client owns its storage alone; pages that are open
 * side by side therefore have a queue each, and the next page to open takes over what a closed one left.
 *
 * @param app letters, digits and `_` of an app's name.
 * @throws `STORAGE_FAILED` without Web Locks.
 */
export async function claimSlot(app: string): Promise<Slot> {
  requireLocks();
  for (let number = 0; ; number += 1) {
    const slot = await claim(app, number);
    if (slot !== null) return slot;
  }
}

/** Numbers of the slots that have a database, held by a page or not; rising. */
export async function slotNumbers(app: string): Promise<readonly number[]> {
  const numbers = (await indexedDB.databases()).flatMap(({ name = "" }) => {
    const own = name.replace(/^secure-/, "");
    const digits = own.startsWith(prefixOf(app)) ? own.slice(prefixOf(app).length) : "";
    return /^\d{1,9}$/.test(digits) ? [Number(digits)] : [];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Removes the databases of a slot that the caller holds and has closed. */
export async function removeSlot({ database, secrets }: Slot): Promise<void> {
  await deleteDatabase(database);
  await deleteDatabase(secrets);
}
