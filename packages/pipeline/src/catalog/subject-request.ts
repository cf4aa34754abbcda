import type { Envelope } from "@tideline/spec";
import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import { orNothing } from "./older-schema.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/**
 * What a person asked for. Of a phone: `install` and `proof` (the hash of the secret that it showed); of the folder's
 * owner: `subject`, a pseudonym. An erasure that is done keeps none of the three.
 */
export type SubjectRequestRow = Omit<Row<"subject_request">, "kind" | "models" | "state" | "receipt"> & {
  readonly kind: "export" | "erase";
  /** What becomes of models that were trained on the person. */
  readonly models: "keep" | "retrain";
  readonly state: "accepted" | "running" | "done" | "failed";
  readonly receipt: Envelope | null;
};

/** Records a request, or replaces it whole. */
export async function recordRequest({ database }: CatalogWriter, request: SubjectRequestRow): Promise<void> {
  const { id, ...rest } = toSql("subject_request", request);
  await database
    .insertInto("subject_request")
    .values({ id, ...rest })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
    .execute();
}

/** Changes what is known of a request. */
export async function updateRequest(
  { database }: CatalogWriter,
  id: string,
  change: Partial<Omit<SubjectRequestRow, "id">>,
): Promise<void> {
  await database
    .updateTable("subject_request")
    .set(toSql("subject_request", change))
    .where("id", "=", id)
    .execute();
}

/** A request by its id. */
export async function findRequest(
  { database }: CatalogReader,
  id: string,
): Promise<SubjectRequestRow | undefined> {
  const row = await database
    .selectFrom("subject_request")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  return row && fromSql<SubjectRequestRow>("subject_request", row);
}

/** Which requests are meant. */
export interface RequestChoice {
  readonly states?: readonly SubjectRequestRow["state"][];
  /** Those of whoever showed the secret of this proof. */
  readonly proof?: string;
}

/** Requests, oldest first. */
export async function listRequests(
  { database }: CatalogReader,
  { states, proof }: RequestChoice = {},
): Promise<readonly SubjectRequestRow[]> {
  let query = database.selectFrom("subject_request").selectAll().orderBy("created_at").orderBy("id");
  if (states !== undefined) query = query.where("state", "in", states);
  if (proof !== undefined) query = query.where("proof", "=", proof);
  const rows = await orNothing(query.execute(), []);
  return rows.map((row) => fromSql<SubjectRequestRow>("subject_request", row));
}

/** How many requests have no receipt: those that are under way, and those that ended without one. */
export async function countOpenRequests({ database }: CatalogReader): Promise<number> {
  const { count } = await database
    .selectFrom("subject_request")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("receipt", "=", "null")
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Removes requests that ended in a state before a moment and left no receipt; answers how many. */
export async function removeEndedRequests(
  { database }: CatalogWriter,
  state: "done" | "failed",
  before: number,
): Promise<number> {
  const result = await database
    .deleteFrom("subject_request")
    .where("state", "=", state)
    .where("finished_at", "<", before)
    // A JSON column holds the text "null" where there is nothing.
    .where("receipt", "=", "null")
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
