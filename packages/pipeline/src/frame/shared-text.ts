/** Texts that pieces share a dictionary of; with more each piece has its own, so that a column of ids takes no more memory than a piece. */
export const MOST_SHARED = 65_536;
