import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** What a monitor saw and a flow or a person answers. */
export type AlertRow = Omit<Row<"alert">, "state"> & {
  readonly state: "open" | "handled" | "dismissed";
};

/** Records an alert; one that stands already (same id) stays as it is. Answers whether it is new. */
export async function recordAlert({ database }: CatalogWriter, alert: AlertRow): Promise<boolean> {
  const result = await database
    .insertInto("alert")
    .values(toSql("alert", alert))
    .onConflict((conflict) => conflict.column("id").doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Answers an alert. */
export async function setAlertState(
  { database }: CatalogWriter,
  id: string,
  state: AlertRow["state"],
): Promise<void> {
  await database.updateTable("alert").set({ state }).where("id", "=", id).execute();
}

/** Alerts, oldest first, in one state when it is named. */
export async function listAlerts(
  { database }: CatalogReader,
  state?: AlertRow["state"],
): Promise<readonly AlertRow[]> {
  let query = database.selectFrom("alert").selectAll().orderBy("created_at").orderBy("id");
  if (state !== undefined) query = query.where("state", "=", state);
  return (await query.execute()).map((row) => fromSql<AlertRow>("alert", row));
}
