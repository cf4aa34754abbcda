import { ERROR_CODES, isTidelineError, tidelineError, type ErrorCode } from "@tideline/spec";
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { crashPoint } from "../crash-point.ts";
import type { BatchAcceptor } from "./accept-batch.ts";
import type { Authorise } from "./authorise.ts";
import type { IngestLimits } from "./limits.ts";
import { readBody, tooLarge } from "./read-body.ts";

/** What {@link ingestServer} needs. */
export interface IngestServerOptions {
  readonly acceptor: BatchAcceptor;
  readonly authorise: Authorise;
  readonly limits: IngestLimits;
  /** Bytes that wait for their fsync. */
  readonly waitingBytes: () => number;
  /** Told where in the source an error arose that nobody foresaw: frames of the stack, no message, no values. */
  readonly onBug: (frames: string) => void;
}

/** Body of an answer that is no success. */
export interface ErrorAnswer {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Seconds after which a phone may try again where too much waits: a commit takes milliseconds. */
const RETRY_AFTER = "1";

/** A day, in seconds: how long a browser may remember that it may post here. */
const PREFLIGHT_AGE = "86400";

/** Faults of the log: the batch is fine, this server is not. */
const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set(["DISK_FULL", "FSYNC_FAILED", "UNAVAILABLE"]);

/** Status and body for anything that was thrown. Nothing of a request is in it. */
function answerOf(thrown: unknown, limits: IngestLimits): { status: number; body: ErrorAnswer } {
  if (isTidelineError(thrown)) {
    const status = UNAVAILABLE.has(thrown.code) ? 503 : ERROR_CODES[thrown.code].status;
    return { status, body: { code: thrown.code, message: thrown.message } };
  }
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode;
  if (status === 413) return answerOf(tooLarge(limits.inflatedBytes, "without gzip"), limits);
  if (typeof status === "number" && status >= 400 && status < 500) {
    const error = tidelineError("BATCH_MALFORMED", {
      who: "collect",
      expected: "an HTTP request that can be read",
    });
    return { status, body: { code: error.code, message: error.message } };
  }
  return { status: 500, body: { code: "INTERNAL", message: "collect: an error of the server [INTERNAL]" } };
}

/** Frames of a stack without the error's message, which could quote a request. */
function framesOf(thrown: unknown): string {
  const lines = thrown instanceof Error ? (thrown.stack ?? "").split("\n") : [];
  return lines.filter((line) => line.startsWith("    at ")).join("\n");
}

/** Lets pages of any origin post: the write key, not a cookie, says who may. */
function allowOrigins(reply: FastifyReply): void {
  reply.header("access-control-allow-origin", "*").header("access-control-expose-headers", "retry-after");
}

/** Turns requests away while too many bytes are being taken; they are counted from header to answer. */
function admission({ limits, waitingBytes }: IngestServerOptions) {
  let inHand = 0;
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const declared = Number(request.headers["content-length"] ?? limits.inflatedBytes);
    const held = inHand + waitingBytes();
    if (held > 0 && held + declared > limits.waitingBytes) {
      reply.header("retry-after", RETRY_AFTER);
      throw tidelineError("OVERLOADED", { who: "collect", remedy: `Try again in ${RETRY_AFTER} s.` });
    }
    inHand += declared;
    reply.raw.once("close", () => {
      inHand -= declared;
    });
  };
}

/** The HTTP server that takes batches: `POST /v1/batch`, its preflight, `GET /healthz`. Logs no request. */
export function ingestServer(options: IngestServerOptions): FastifyInstance {
  const { acceptor, authorise, limits } = options;
  const app = fastify({
    logger: false,
    bodyLimit: limits.inflatedBytes,
    requestTimeout: limits.requestMs,
    exposeHeadRoutes: false,
  });
  // One parser for everything: the default JSON parser costs half of the throughput, and clients that cannot set
  // a content type (sendBeacon) are welcome.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.addHook("onRequest", (request, reply, done) => {
    allowOrigins(reply);
    // Whatever a client writes there is not looked at, and may not be refused either.
    request.raw.headers["content-type"] = "application/octet-stream";
    done();
  });
  app.setErrorHandler((thrown, _request, reply) => {
    const { status, body } = answerOf(thrown, limits);
    if (status === 500) options.onBug(framesOf(thrown));
    if (status === 401) reply.header("www-authenticate", "Bearer");
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send({ code: "NOT_FOUND", message: "collect: no such address [NOT_FOUND]" } satisfies ErrorAnswer),
  );

  app.get("/healthz", () => ({ status: "ok" }));
  app.options("/v1/batch", (_request, reply) =>
    reply
      .code(204)
      .header("access-control-allow-methods", "POST")
      .header("access-control-allow-headers", "authorization, content-type, content-encoding")
      .header("access-control-max-age", PREFLIGHT_AGE)
      .send(),
  );

  const admit = admission(options);
  app.post(
    "/v1/batch",
    {
      onRequest: (request, reply, done) => {
        authorise(request.headers.authorization);
        admit(request, reply);
        done();
      },
    },
    async (request) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
      const bytes = readBody(body, request.headers["content-encoding"], limits);
      // Global Privacy Control (https://www.w3.org/TR/gpc/#the-sec-gpc-header-field-for-http-requests).
      const answer = await acceptor.accept(bytes, { optOut: request.headers["sec-gpc"] === "1" });
      crashPoint("ingest.before_respond");
      return answer;
    },
  );
  return app;
}
