import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** A durable sequence of steps. */
export type FlowRow = Omit<Row<"flow">, "status"> & {
  readonly status: "running" | "finished" | "failed";
};

/** A step of a flow. `attempts` counts how often it was begun. */
export type FlowStepRow = Omit<Row<"flow_step">, "status"> & {
  readonly status: "running" | "finished" | "failed";
};

/** Records a flow, or replaces it whole. */
export async function recordFlow({ database }: CatalogWriter, flow: FlowRow): Promise<void> {
  const { id, ...rest } = toSql("flow", flow);
  await database
    .insertInto("flow")
    .values({ id, ...rest })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
    .execute();
}

/** A flow by its id. */
export async function findFlow({ database }: CatalogReader, id: string): Promise<FlowRow | undefined> {
  const row = await database.selectFrom("flow").selectAll().where("id", "=", id).executeTakeFirst();
  return row && fromSql<FlowRow>("flow", row);
}

/** Flows, oldest first, in one status when it is named. */
export async function listFlows(
  { database }: CatalogReader,
  status?: FlowRow["status"],
): Promise<readonly FlowRow[]> {
  let query = database.selectFrom("flow").selectAll().orderBy("created_at").orderBy("id");
  if (status !== undefined) query = query.where("status", "=", status);
  return (await query.execute()).map((row) => fromSql<FlowRow>("flow", row));
}

/** Records a step, or replaces it whole. */
export async function recordFlowStep({ database }: CatalogWriter, step: FlowStepRow): Promise<void> {
  const { flow, name, ...rest } = toSql("flow_step", step);
  await database
    .insertInto("flow_step")
    .values({ flow, name, ...rest })
    .onConflict((conflict) => conflict.columns(["flow", "name"]).doUpdateSet(rest))
    .execute();
}

/** The steps of a flow, in the order in which they began. */
export async function listFlowSteps(
  { database }: CatalogReader,
  flow: string,
): Promise<readonly FlowStepRow[]> {
  const rows = await database
    .selectFrom("flow_step")
    .selectAll()
    .where("flow", "=", flow)
    .orderBy("started_at")
    .orderBy("name")
    .execute();
  return rows.map((row) => fromSql<FlowStepRow>("flow_step", row));
}
