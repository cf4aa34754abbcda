/** Bounds of the console's server. */
export interface ServeLimits {
  /** Most rows of an inference request, and of a run of the model. */
  readonly rows: number;
  /** Most rows that wait for a run before requests are turned away. */
  readonly waitingRows: number;
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** Milliseconds in which a request must have come. */
  readonly requestMs: number;
  /** Milliseconds that requests have to be answered when the server closes. */
  readonly drainMs: number;
}

/** Bounds that fit windows of a thousand values: a number takes up to 25 bytes of JSON, so 256 rows fit in 8 MiB. */
export const DEFAULT_SERVE_LIMITS: ServeLimits = Object.freeze({
  rows: 256,
  waitingRows: 2048,
  bodyBytes: 8 << 20,
  requestMs: 30_000,
  drainMs: 5000,
});
