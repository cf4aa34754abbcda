/**
 * Number of buckets of a table. Erasing one person rewrites one bucket of each table, an eighth of it, while a
 * snapshot of ten tables still has fewer than a hundred small files. Changing it needs a new snapshot format:
 * a person's rows must stay in one bucket.
 */
export const BUCKETS = 8;

/** The bucket of a subject (or of an install, where a row has no subject): FNV-1a of its UTF-16 units. */
export function subjectBucket(subject: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < subject.length; index += 1) {
    hash = Math.imul(hash ^ subject.charCodeAt(index), 0x01000193);
  }
  // The low bits of FNV-1a mix least; fold the high half onto them.
  return ((hash >>> 16) ^ hash) & (BUCKETS - 1);
}
