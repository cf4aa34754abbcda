/** Version of the folder's layout. */
export const FOLDER_FORMAT = 1;

/** What the file `format` of a folder says. */
export interface FolderFormat {
  readonly version: number;
  /** The region in which alone its data may lie; null where it was made without one. */
  readonly region: string | null;
}

/**
 * Text of the file `format`. The region stands in it, and not beside it, so that the first of several starters decides
 * both at once, and so that a Tideline that knows no regions refuses the folder instead of taking what belongs elsewhere.
 */
export function folderFormatText(region: string | null): string {
  return `tideline ${FOLDER_FORMAT}\n${region === null ? "" : `region ${region}\n`}`;
}

/** What a file `format` says; undefined where it is none. Of a newer version only the number is read. */
export function parseFolderFormat(text: string): FolderFormat | undefined {
  const newer = Number(/^tideline (\d+)(?:\n|$)/.exec(text)?.[1] ?? Number.NaN);
  if (newer > FOLDER_FORMAT) return { version: newer, region: null };
  const found = /^tideline (\d+)(?:\nregion ([a-z0-9-]{1,32}))?\n?$/.exec(text);
  return found === null ? undefined : { version: Number(found[1]), region: found[2] ?? null };
}
