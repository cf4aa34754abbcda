import type { Profile, ProfileOptions } from "@tideline/learn/check";
import { openTable } from "./open-table.ts";

export type { ColumnProfile, Profile, ProfileWarning } from "@tideline/learn/check";

/** The profile of a file or of a folder of Parquet files; see `openTable`, or of several Parquet files. */
export async function profileTable(
  paths: string | readonly string[],
  options: ProfileOptions,
): Promise<Profile> {
  // Loaded when it is asked: it is larger than all that reads tables.
  const { profileSource } = await import("@tideline/learn/check");
  return profileSource(await openTable(paths), options);
}
