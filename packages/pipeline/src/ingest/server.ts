import type { Socket } from "node:net";
import { finished } from "node:stream/promises";
import { ERROR_CODES, isTidelineError, tidelineError, type ErrorCode } from "@tideline/spec";
import {
  fastify,
  type ConnectionError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { crashPoint } from "../crash-point.ts";
import type { BatchAcceptor } from "./accept-batch.ts";
import type { Authorise } from "./authorise.ts";
import { bodyIntake, RETRY_AFTER } from "./body-intake.ts";
import { connectionLimit } from "./connection-limit.ts";
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

/** Milliseconds for a request's headers: they fit in a few packets, and whoever sends none yet holds a connection. */
const HEADERS_MS = 10_000;

/** Milliseconds for the rest of a body that nobody wants, where the connection closes after the answer. */
const LINGER_MS = 5000;

/** Milliseconds between looks at requests that take too long. */
const LOOK_MS = 1000;

/** Share of the connections from which on idle ones are closed. */
const FULL = 0.9;

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

/** Whether a request asks for Global Privacy Control, once or, through proxies, more often. */
function asksForPrivacy(header: string | string[] | undefined): boolean {
  // https://www.w3.org/TR/gpc/#the-sec-gpc-header-field-for-http-requests; Node joins what came twice.
  return [header].flat().some((line) => line?.split(",").some((value) => value.trim() === "1"));
}

/** Whether the client wants its connection closed after the answer, as proxies do of theirs. */
function closes({ headers, raw }: FastifyRequest): boolean {
  return raw.httpVersion === "1.0" || /\bclose\b/iu.test(headers.connection ?? "");
}

/** Answers what is no HTTP request, with nothing of it, and closes its connection. */
function answerBroken(error: ConnectionError, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [line, code] =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "UNAVAILABLE" as const]
      : error.code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "BATCH_MALFORMED" as const]
        : ["400 Bad Request", "BATCH_MALFORMED" as const];
  const { message } = tidelineError(code, { who: "collect", expected: "an HTTP request that can be read" });
  const body = JSON.stringify({ code, message } satisfies ErrorAnswer);
  const head = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
  if (socket.writable) socket.write(`HTTP/1.1 ${line}\r\nConnection: close\r\n${head}\r\n\r\n${body}`);
  socket.destroy();
}

/** The HTTP server that takes batches: `POST /v1/batch`, its preflight, `GET /healthz`. Logs no request. */
export function ingestServer(options: IngestServerOptions): FastifyInstance {
  const { acceptor, authorise, limits } = options;
  const intake = bodyIntake(limits, options.waitingBytes);
  const responses = new WeakMap<object, FastifyReply["raw"]>();
  // Of other addresses than the batch's: the body counts until its connection goes.
  const responseOf = ({ raw }: FastifyRequest) => responses.get(raw) ?? raw.socket;
  let isFull = false;
  const app = fastify({
    logger: false,
    bodyLimit: limits.inflatedBytes,
    requestTimeout: limits.requestMs,
    exposeHeadRoutes: false,
    http: { headersTimeout: Math.min(HEADERS_MS, limits.requestMs), connectionsCheckingInterval: LOOK_MS },
    clientErrorHandler: answerBroken,
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = answerOf(error, limits);
      return (reply as unknown as FastifyReply).code(status).send(body);
    },
  });
  const most = connectionLimit();
  app.server.maxConnections = most;
  // Before new ones are turned away those go that wait for nothing.
  app.server.on("connection", () => {
    if (isFull || app.server.listening === false) return;
    isFull = true;
    app.server.getConnections((_error, count) => {
      isFull = false;
      if (count > most * FULL) app.server.closeIdleConnections();
    });
  });
  // One parser for everything: the default JSON parser costs half of the throughput, and clients that cannot set
  // a content type (sendBeacon) are welcome.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, _payload: unknown) =>
    intake.read(request.raw, responseOf(request)),
  );

  app.addHook("onRequest", (request, reply, done) => {
    allowOrigins(reply);
    // Whatever a client writes there is not looked at, and may not be refused either.
    request.raw.headers["content-type"] = "application/octet-stream";
    done();
  });
  app.setErrorHandler(async (thrown, request, reply) => {
    const { status, body } = answerOf(thrown, limits);
    if (status === 500) options.onBug(framesOf(thrown));
    if (status === 401) reply.header("www-authenticate", "Bearer");
    if (status === 429) reply.header("retry-after", RETRY_AFTER);
    // What is left of a body is read and forgotten, so that its client hears the answer; but not gigabytes of it.
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > 4 * limits.inflatedBytes) reply.header("connection", "close");
    else if (closes(request)) {
      // A connection that closes after its answer, with bytes unread, is reset, and takes the answer with it.
      request.raw.resume();
      const signal = AbortSignal.timeout(LINGER_MS);
      await finished(request.raw, { writable: false, signal }).catch(() => undefined);
    }
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

  app.post(
    "/v1/batch",
    {
      onRequest: (request, reply, done) => {
        authorise(request.headers.authorization);
        intake.admit(request.headers["content-length"]);
        responses.set(request.raw, reply.raw);
        done();
      },
    },
    async (request) => {
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
      const bytes = readBody(body, request.headers["content-encoding"], limits);
      const answer = await acceptor.accept(bytes, { optOut: asksForPrivacy(request.headers["sec-gpc"]) });
      crashPoint("ingest.before_respond");
      return answer;
    },
  );
  return app;
}
