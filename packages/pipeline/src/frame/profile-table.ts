import { profileSource, type Profile, type ProfileOptions } from "@tideline/learn/check";
import { openTable } from "./open-table.ts";
import { nestedParquet } from "./nested-parquet.ts";

export type { ColumnProfile, Profile, ProfileWarning } from "@tideline/learn/check";

/** The profile of a file or of a folder of Parquet files; see `openTable`, or of several Parquet files. */
export async function profileTable(
  paths: string | readonly string[],
  options: ProfileOptions,
): Promise<Profile> {
  const source = typeof paths === "string" ? await openTable(paths) : await nestedParquet(paths);
  return profileSource(source, options);
}
