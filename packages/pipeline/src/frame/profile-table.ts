import type { Profile, ProfileOptions } from "@tideline/learn/check";
import { openTable, type OpenTableOptions } from "./open-table.ts";

export type { ColumnProfile, Profile, ProfileWarning } from "@tideline/learn/check";

/** The profile of a file or of a folder of Parquet files; see `openTable`, or of several Parquet files. */
export async function profileTable(
  paths: string | readonly string[],
  { onRejected, missing, memory, ...options }: ProfileOptions & OpenTableOptions,
): Promise<Profile> {
  // Loaded when it is asked: it is larger than all that reads tables.
  const { profileSource } = await import("@tideline/learn/check");
  const reading = {
    ...(onRejected && { onRejected }),
    ...(missing && { missing }),
    ...(memory && { memory }),
  };
  return profileSource(await openTable(paths, reading), options);
}
