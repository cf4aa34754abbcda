import type { OwnerFile } from "@tideline/pipeline";
import { ERROR_CODES, tidelineError, type ErrorCode } from "@tideline/spec";

/** What a living owner is asked. */
export interface OwnerQuestion {
  /** Sent as JSON by POST; without it the question is a GET. */
  readonly body?: object;
  /** Milliseconds until an answer that has not come is given up; a minute when left out. */
  readonly patience?: number;
}

/** An owner answers between two turns of its loop. */
const PATIENCE = 60_000;

/** The JSON of a text, or undefined where it is none. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The error that an owner answered with; undefined where the answer is none of its own. */
function toldError(who: string, answer: unknown, cause: string) {
  const { code, message } = (answer ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== "string" || !Object.hasOwn(ERROR_CODES, code) || typeof message !== "string") return;
  const suffix = ` [${code}]`;
  const received = message.endsWith(suffix) ? message.slice(0, -suffix.length) : message;
  return tidelineError(code as ErrorCode, { who, received, cause });
}

/**
 * Asks the console of the process that owns a folder, with its token. What the process refuses is thrown as it said it:
 * code and sentence.
 *
 * @throws What the owner answered; `UNAVAILABLE` for anything else: no answer in time, none of its own, no JSON.
 * @example
 * const { request } = await askOwner<{ request: string }>(owner, "/v1/subject/owner/erase", { body });
 */
export async function askOwner<Answer extends object>(
  { pid, addresses, token }: OwnerFile,
  path: string,
  { body, patience = PATIENCE }: OwnerQuestion = {},
): Promise<Answer> {
  const who = `process ${pid}`;
  const unavailable = (received: string, cause?: unknown) =>
    tidelineError("UNAVAILABLE", {
      who,
      field: `${addresses.console ?? "console"}${path}`,
      expected: "an answer of Tideline",
      received,
      remedy: "What it took down it goes on with; look at tideline status, then ask again.",
      cause,
    });
  let answer: { readonly response: Response; readonly text: string };
  try {
    const response = await fetch(`${addresses.console}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      // Nobody else is told what the owner is asked.
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    });
    answer = { response, text: await response.text() };
  } catch (cause) {
    const isLate = (cause as Error).name === "TimeoutError";
    throw unavailable(isLate ? `none within ${patience / 1000} seconds` : "none", cause);
  }
  const { response, text } = answer;
  const value = jsonOf(text);
  const status = `HTTP status ${response.status}`;
  if (!response.ok) throw toldError(who, value, status) ?? unavailable(status);
  if (typeof value === "object" && value !== null) return value as Answer;
  throw unavailable(`${status} with no JSON`);
}
