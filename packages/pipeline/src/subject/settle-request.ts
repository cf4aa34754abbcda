import { timingSafeEqual } from "node:crypto";
import { isTidelineError } from "@tideline/spec";
import {
  commit,
  findProof,
  listRequests,
  removeEndedRequests,
  updateRequest,
  type Catalog,
  type SubjectRequestRow,
} from "../catalog/index.ts";
import type { Clock } from "@tideline/spec";

/**
 * How long a request that left no receipt is kept after its end, milliseconds: an export is fetched within a day; that
 * a request failed, its phone sees within minutes, and anybody can make such requests.
 */
const KEPT_FOR = { done: 86_400_000, failed: 600_000 } as const;

/** What settling needs. */
export interface SettleContext {
  readonly catalog: Catalog;
  readonly clock: Clock;
  /** Carries an erasure out, and records its end. */
  readonly erase: (request: SubjectRequestRow) => Promise<void>;
  /** Told of an erasure that could not go on; it is tried again. */
  readonly onFault: (request: SubjectRequestRow, error: unknown) => void;
  /** Settles this request, and erasures that were begun; others wait until the logs have been compacted. */
  readonly only?: string;
}

/** Compares two hashes in a time that says nothing of where they differ. */
export function equalHex(left: string, right: string): boolean {
  const [first, second] = [Buffer.from(left, "utf8"), Buffer.from(right, "utf8")];
  return first.length === second.length && timingSafeEqual(first, second);
}

/** Whether who asks has shown the secret of the install. The owner's own requests name no proof. */
async function isProven(catalog: Catalog, { install, proof, subject }: SubjectRequestRow): Promise<boolean> {
  if (proof === null) return subject !== null;
  if (install === null) return false;
  const known = (await findProof(catalog, install))?.proof ?? "";
  return equalHex(known, proof);
}

/**
 * Settles what people asked for: holds each request against the proof of its install, which the logs have brought by
 * now, opens exports, and carries erasures out, one after the other. A wrong proof and an install that nobody knows
 * fail alike.
 *
 * @returns how many erasures were done
 */
export async function settleRequests({
  catalog,
  clock,
  erase,
  onFault,
  only,
}: SettleContext): Promise<number> {
  let erased = 0;
  const waiting = await listRequests(catalog, { states: ["accepted", "running"] });
  // What was begun, then the owner's, then the phones': however many phones ask, the owner waits for none of them.
  const rank = ({ state, proof }: SubjectRequestRow): number =>
    state === "running" ? 0 : proof === null ? 1 : 2;
  for (const request of waiting.toSorted((left, right) => rank(left) - rank(right))) {
    const { id, kind, state } = request;
    if (only !== undefined && id !== only && state === "accepted") continue;
    const end = (to: "done" | "failed") =>
      commit(catalog, (writer) => updateRequest(writer, id, { state: to, finished_at: clock() }));
    if (state === "accepted") {
      if (!(await isProven(catalog, request))) {
        await end("failed");
        continue;
      }
      if (kind === "export") {
        await end("done");
        continue;
      }
      await commit(catalog, (writer) => updateRequest(writer, id, { state: "running" }));
    }
    try {
      await erase({ ...request, state: "running" });
      erased += 1;
    } catch (error) {
      // Who lost the folder must not go on; everything else is tried again at the next turn.
      if (isTidelineError(error, "FENCED")) throw error;
      const code = isTidelineError(error) ? error.code : "INTERNAL";
      await commit(catalog, (writer) => updateRequest(writer, id, { error: code }));
      onFault(request, error);
    }
  }
  for (const state of ["done", "failed"] as const) {
    await commit(catalog, (writer) => removeEndedRequests(writer, state, clock() - KEPT_FOR[state]));
  }
  return erased;
}

/** Whether anybody waits to be settled. */
export async function hasRequests(catalog: Catalog): Promise<boolean> {
  const row = await catalog.database
    .selectFrom("subject_request")
    .select("id")
    .where("state", "in", ["accepted", "running"])
    .executeTakeFirst();
  return row !== undefined;
}
