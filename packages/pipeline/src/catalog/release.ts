import type { Envelope } from "@tideline/spec";
import type { CatalogReader, CatalogWriter } from "./catalog.ts";
import type { Row } from "./row.ts";
import { fromSql, toSql } from "./row.ts";

/** An artifact offered to phones. `id` is its content address; `version` counts up within the channel. */
export type ReleaseRow = Omit<Row<"release">, "envelope" | "status"> & {
  /** The signed metadata as phones fetch it. */
  readonly envelope: Envelope;
  readonly status: "offered" | "replaced" | "withdrawn";
};

/** Records a release; the newest one of a channel is what phones are offered, so the ones before are replaced. */
export async function recordRelease({ database }: CatalogWriter, release: ReleaseRow): Promise<void> {
  await database
    .updateTable("release")
    .set({ status: "replaced" })
    .where("channel", "=", release.channel)
    .where("status", "=", "offered")
    .execute();
  await database.insertInto("release").values(toSql("release", release)).execute();
}

/** Changes what is known of a release. */
export async function updateRelease(
  { database }: CatalogWriter,
  { channel, version }: Pick<ReleaseRow, "channel" | "version">,
  change: Partial<Omit<ReleaseRow, "channel" | "version">>,
): Promise<void> {
  await database
    .updateTable("release")
    .set(toSql("release", change))
    .where("channel", "=", channel)
    .where("version", "=", version)
    .execute();
}

/** Releases by version, oldest first, of one channel when it is named. */
export async function listReleases(
  { database }: CatalogReader,
  channel?: string,
): Promise<readonly ReleaseRow[]> {
  let query = database.selectFrom("release").selectAll().orderBy("channel").orderBy("version");
  if (channel !== undefined) query = query.where("channel", "=", channel);
  return (await query.execute()).map((row) => fromSql<ReleaseRow>("release", row));
}

/** The newest release of a channel, whatever its status. */
export async function latestRelease(
  { database }: CatalogReader,
  channel: string,
): Promise<ReleaseRow | undefined> {
  const row = await database
    .selectFrom("release")
    .selectAll()
    .where("channel", "=", channel)
    .orderBy("version", "desc")
    .executeTakeFirst();
  return row && fromSql<ReleaseRow>("release", row);
}
