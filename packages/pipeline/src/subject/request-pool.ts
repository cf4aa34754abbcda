import { tidelineError } from "@tideline/spec";
import { sql } from "kysely";
import { commit, type Catalog } from "../catalog/index.ts";

/** How many requests of phones wait at most, or have failed. The owner's are not counted. */
export interface PoolLimits {
  /** Of whoever showed the secret of an install that the server knows; exports that wait to be fetched count apart. */
  readonly proven: number;
  /** Of anybody with a write key, which is in every app. */
  readonly unproven: number;
  /** Of one address, of either kind. */
  readonly ofSource: number;
}

/** A row takes a few hundred bytes: both kinds, and the exports, together some megabytes. */
export const POOL_LIMITS: PoolLimits = Object.freeze({ proven: 10_000, unproven: 10_000, ofSource: 100 });

/** A request without a receipt. */
interface OpenRequest {
  readonly id: string;
  readonly state: string;
  readonly isProven: boolean;
}

/** SQL that tells proven requests of phones: their secret is the one that the install's batches carried. */
const PROVEN = sql<number>`exists (select 1 from install_proof
  where install_proof.install = subject_request.install and install_proof.proof = subject_request.proof)`;

/** Phones' requests without a receipt; of done ones these are exports. First those that ended, the oldest of each first. */
async function openRequests({ database }: Catalog): Promise<readonly OpenRequest[]> {
  // A JSON column holds the text "null" where there is nothing. One that runs was proven before it lost its install.
  const rows = await database
    .selectFrom("subject_request")
    .select(["id", "state", PROVEN.as("known")])
    .where("receipt", "=", "null")
    .where("proof", "is not", null)
    .orderBy(sql`state <> 'failed'`)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(({ id, state, known }) => ({
    id,
    state,
    isProven: state === "running" || state === "done" || (state === "accepted" && Number(known) === 1),
  }));
}

/** Keeps requests within bounds. */
export interface RequestPool {
  /**
   * Makes room for one more, or throws `OVERLOADED`. Where too many are unproven, of the address that has most of
   * them half go: those first that have failed. Proven ones that wait never go. An export that is done takes nobody's
   * place: where there are too many, the oldest of the address that has most of them is forgotten, and its phone asks
   * again.
   */
  makeRoom(catalog: Catalog, isProven: boolean, source: string): Promise<void>;
  /** Remembers who made a request: in memory only, so that nothing ties an address to a person. */
  note(id: string, source: string): void;
}

/** A pool of requests. */
export function requestPool(limits: PoolLimits = POOL_LIMITS): RequestPool {
  const sources = new Map<string, string>();
  const overloaded = () => tidelineError("OVERLOADED", { who: "subject", remedy: "Try again later." });
  return Object.freeze({
    makeRoom: async (catalog: Catalog, isProven: boolean, source: string): Promise<void> => {
      const open = await openRequests(catalog);
      const isOpen = new Set(open.map(({ id }) => id));
      for (const id of sources.keys()) if (!isOpen.has(id)) sources.delete(id);
      // Of before a restart nobody knows whose they are.
      const bySource = (requests: readonly OpenRequest[]) =>
        Map.groupBy(requests, ({ id }) => sources.get(id) ?? "");
      const done = open.filter(({ state }) => state === "done");
      // As many as may wait, so that this one finds a place too once it is done.
      const over = done.length + 1 - limits.proven;
      if (over > 0) await forgetExports(catalog, largest(bySource(done)).slice(0, over));
      const alike = open.filter(({ state, isProven: known }) => state !== "done" && known === isProven);
      const waiting = bySource(alike);
      const own = waiting.get(source) ?? [];
      if (own.length >= limits.ofSource) {
        const failed = own.filter(({ state }) => state === "failed");
        if (failed.length === 0) throw overloaded();
        await remove(catalog, [failed[0]!.id]);
        return;
      }
      if (alike.length < (isProven ? limits.proven : limits.unproven)) return;
      if (isProven) throw overloaded();
      const most = largest(waiting);
      if (most.length <= own.length) throw overloaded();
      await remove(
        catalog,
        most.slice(0, Math.ceil(most.length / 2)).map(({ id }) => id),
      );
    },
    note: (id: string, source: string): void => {
      sources.set(id, source);
    },
  });
}

/** The requests of whoever has most of them. */
const largest = (bySource: ReadonlyMap<string, readonly OpenRequest[]>): readonly OpenRequest[] =>
  [...bySource.values()].reduce((left, right) => (right.length > left.length ? right : left), []);

/** Forgets exports that are done. */
async function forgetExports(catalog: Catalog, exports: readonly OpenRequest[]): Promise<void> {
  await commit(catalog, async ({ database }) => {
    for (const { id } of exports)
      await database
        .deleteFrom("subject_request")
        .where("id", "=", id)
        .where("kind", "=", "export")
        .where("state", "=", "done")
        .execute();
  });
}

/** Removes requests that have not been proven meanwhile, and do not run. */
async function remove(catalog: Catalog, ids: readonly string[]): Promise<void> {
  await commit(catalog, async ({ database }) => {
    for (const id of ids)
      await database
        .deleteFrom("subject_request")
        .where("id", "=", id)
        .where("state", "in", ["accepted", "failed"])
        .where(sql<boolean>`(state = 'failed' or not ${PROVEN})`)
        .execute();
  });
}
