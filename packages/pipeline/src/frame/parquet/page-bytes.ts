/** Where in the memory the values of a page stand, unpacked, until the next one comes. */
export interface PageBytes {
  readonly start: number;
  readonly end: number;
  /** Values that are there. */
  readonly values: number;
}
