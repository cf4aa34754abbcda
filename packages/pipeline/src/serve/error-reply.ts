import { ERROR_CODES, isTidelineError, tidelineError, type ErrorCode } from "@tideline/spec";
import type { FastifyInstance } from "fastify";

/** Faults of this server, whatever the code's own status says of a phone that meets the same. */
const SERVER_FAULTS: ReadonlySet<ErrorCode> = new Set(["ARTIFACT_CORRUPT", "MODEL_MALFORMED"]);

/** Seconds after which a client may try again where too much waits: a run takes milliseconds. */
const RETRY_AFTER = "1";

function answerOf(thrown: unknown): {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
} {
  if (isTidelineError(thrown)) {
    const status = SERVER_FAULTS.has(thrown.code) ? 500 : ERROR_CODES[thrown.code].status;
    if (status < 500 || status === 503) return { status, code: thrown.code, message: thrown.message };
    return { status, code: thrown.code, message: `console: an error of the server [${thrown.code}]` };
  }
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (status === 413) {
    const error = tidelineError("BATCH_TOO_LARGE", { who: "console", remedy: "Send fewer rows at once." });
    return { status, code: error.code, message: error.message };
  }
  if (typeof status === "number" && status >= 400 && status < 500) {
    const error = tidelineError("ARGUMENT_INVALID", {
      who: "console",
      expected: "an HTTP request that can be read",
    });
    return { status, code: error.code, message: error.message };
  }
  return { status: 500, code: "INTERNAL", message: "console: an error of the server [INTERNAL]" };
}

/**
 * Answers errors of a plugin's routes with `{ code, message, error }`; `error` repeats the sentence where the Open
 * Inference Protocol wants it. Faults of the server say their code and nothing of its files.
 *
 * @param onFault told of each fault of the server.
 */
export function answerErrors(server: FastifyInstance, onFault: (error: unknown) => void): void {
  server.setErrorHandler((thrown, _request, reply) => {
    const { status, code, message } = answerOf(thrown);
    if (status >= 500) onFault(thrown);
    if (status === 401) reply.header("www-authenticate", "Bearer");
    if (status === 429 || status === 503) reply.header("retry-after", RETRY_AFTER);
    return reply.code(status).send({ code, message, error: message });
  });
}
