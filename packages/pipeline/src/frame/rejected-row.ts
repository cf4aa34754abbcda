/** A row that a file has and a frame has not. */
export interface RejectedRow {
  readonly file: string;
  /** Its number in the file from 1, the header counted; a line break within quotes does not count. */
  readonly line: number;
  /** The column that is at fault; absent where the whole row is. */
  readonly column?: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** The row as it stands in the file, at most 1,000 characters of it. */
  readonly text: string;
}

/** Takes rows that were rejected, some at a time. */
export type OnRejected = (rows: readonly RejectedRow[]) => void | Promise<void>;

/** Characters of a rejected row that are kept. */
export const TEXT_LENGTH = 1000;
