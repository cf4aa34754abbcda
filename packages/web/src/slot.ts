import { tidelineError } from "@tideline/spec";

/** A place for one client of this browser, held by this page until it is released or the page ends. */
export interface Slot {
  /** Number of the slot: the first page has 0, a second one beside it 1. */
  readonly number: number;
  /** Name of the slot's database. */
  readonly database: string;
  release(): void;
}

/** Databases of an app's slots begin so. */
const prefixOf = (app: string): string => `tideline-${app}-`;

/** The slot, or null while another page holds it. */
function claim(app: string, number: number): Promise<Slot | null> {
  const database = `${prefixOf(app)}${number}`;
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(database, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((release) => resolve(Object.freeze({ number, database, release })));
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

/** Claims, one after the other, the slots that hold a database and that no page holds; the caller releases each. */
export async function* abandonedSlots(app: string): AsyncGenerator<Slot> {
  requireLocks();
  const names = (await indexedDB.databases()).map(({ name = "" }) => name);
  for (const name of names) {
    const number = Number(name.slice(prefixOf(app).length));
    if (!name.startsWith(prefixOf(app)) || !Number.isSafeInteger(number)) continue;
    const slot = await claim(app, number);
    if (slot !== null) yield slot;
  }
}
