/** An answer and what a client must make of it, for events with the numbers 1 to 10 of one batch. */
export interface AnswerVector {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * `forget`: remove the numbers in `forget` and go on. `retry`: keep all, send again after a pause, counted as a
   * failure. `halve`: never send this body again. `stop`: keep all, send nothing more.
   */
  readonly action: "forget" | "retry" | "halve" | "stop";
  readonly forget?: readonly (readonly [from: number, to: number])[];
  /** Milliseconds to wait where the answer says so. */
  readonly waitMs?: number;
}

const answer = (changes: object): string =>
  JSON.stringify({
    format: 1,
    acknowledged: [[1, 10]],
    quarantined: [],
    duplicates: 0,
    received_at: 1_767_225_600_000,
    ...changes,
  });

const error = (code: string): string => JSON.stringify({ code, message: `collect: no [${code}]` });

const all = [[1, 10]] as const;

/** Answers that a client meets. */
export const ANSWERS: readonly AnswerVector[] = [
  { name: "everything", status: 200, body: answer({}), action: "forget", forget: all },
  {
    name: "some",
    status: 200,
    body: answer({
      acknowledged: [
        [1, 2],
        [4, 4],
        [8, 10],
      ],
    }),
    action: "forget",
    forget: [
      [1, 2],
      [4, 4],
      [8, 10],
    ],
  },
  {
    name: "more than was sent",
    status: 200,
    body: answer({
      acknowledged: [
        [0, 3],
        [9, Number.MAX_SAFE_INTEGER],
      ],
    }),
    action: "forget",
    forget: [
      [1, 3],
      [9, 10],
    ],
  },
  {
    name: "quarantined and duplicates",
    status: 200,
    body: answer({ quarantined: [{ seq: 3, code: "A_CODE_OF_LATER", field: "x" }], duplicates: 4 }),
    action: "forget",
    forget: all,
  },
  {
    name: "members of later",
    status: 200,
    body: answer({ hint: { sample: 0.5 } }),
    action: "forget",
    forget: all,
  },
  { name: "nothing", status: 200, body: answer({ acknowledged: [] }), action: "retry" },
  { name: "only others", status: 200, body: answer({ acknowledged: [[11, 20]] }), action: "retry" },
  { name: "a captive portal", status: 200, body: "<html>Log in</html>", action: "retry" },
  { name: "empty", status: 200, body: "", action: "retry" },
  { name: "null", status: 200, body: "null", action: "retry" },
  { name: "another format", status: 200, body: answer({ format: 2 }), action: "retry" },
  { name: "no ranges", status: 200, body: answer({ acknowledged: "all" }), action: "retry" },
  { name: "malformed", status: 400, body: error("BATCH_MALFORMED"), action: "halve" },
  { name: "too large", status: 413, body: error("BATCH_TOO_LARGE"), action: "halve" },
  { name: "unauthorised", status: 401, body: error("UNAUTHORISED"), action: "stop" },
  { name: "forbidden", status: 403, body: error("FORBIDDEN"), action: "stop" },
  { name: "not found", status: 404, body: "Not here", action: "stop" },
  { name: "another region", status: 421, body: error("RESIDENCY_MISMATCH"), action: "stop" },
  { name: "timed out", status: 408, body: "", action: "retry" },
  {
    name: "overloaded",
    status: 429,
    headers: { "retry-after": "2" },
    body: error("OVERLOADED"),
    action: "retry",
    waitMs: 2000,
  },
  {
    name: "overloaded until a date",
    status: 429,
    headers: { "retry-after": "Thu, 01 Jan 2026 00:00:30 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" },
    body: error("OVERLOADED"),
    action: "retry",
    waitMs: 30_000,
  },
  {
    name: "overloaded for a day",
    status: 503,
    headers: { "retry-after": "86400" },
    body: error("UNAVAILABLE"),
    action: "retry",
    waitMs: 3_600_000,
  },
  { name: "its own fault", status: 500, body: error("INTERNAL"), action: "retry" },
  { name: "no server behind the proxy", status: 502, body: "Bad gateway", action: "retry" },
  { name: "disk full", status: 503, body: error("DISK_FULL"), action: "retry" },
];
