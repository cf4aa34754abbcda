import { tidelineError } from "@tideline/spec";

/** Object store with the parts of files, keyed `[file, number of the part]`. */
export const PARTS = "part";

/** A request's result as a promise. */
export function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error!));
  });
}

/** Resolves once a transaction is durable; rejects with why it was aborted, as for a full disk. */
export function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () =>
      reject(transaction.error ?? new DOMException("the transaction was aborted", "AbortError")),
    );
  });
}

/**
 * Opens the database of a name, made where there is none.
 *
 * @throws `STORAGE_FAILED` where the browser refuses one, as in some private windows
 */
export async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(PARTS));
  try {
    const database = await resultOf(request);
    // A later version of the page upgrades: this one must not stand in its way.
    database.addEventListener("versionchange", () => database.close());
    return database;
  } catch (cause) {
    throw tidelineError("STORAGE_FAILED", {
      who: "IndexedDB",
      field: name,
      expected: "a database of this origin",
      received: (cause as DOMException).name,
      remedy: "Private windows and blocked site data have none.",
      cause,
    });
  }
}

/** Removes a database; one that is not there is no error. Waits until nothing has it open. */
export async function deleteDatabase(name: string): Promise<void> {
  await resultOf(indexedDB.deleteDatabase(name));
}
