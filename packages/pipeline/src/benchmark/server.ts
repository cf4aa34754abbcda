import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { BenchmarkReport, CaseLoad } from "@tideline/spec/benchmark";
import { ERROR_CODES, isTidelineError, tidelineError } from "@tideline/spec";
import fastify, { type FastifyInstance } from "fastify";
import { closeServer } from "../serve/close-server.ts";
import { packageVersion } from "./node-runtime.ts";
import type { BenchmarkFiles } from "./package-plan.ts";
import { pageFile } from "./page-file.ts";
import { readLoad, readReport } from "./report-schema.ts";

/** Bytes of a report at most: one of 30 cases with their operators has some 60 kB. */
const REPORT_BYTES = 4 << 20;
/** Reports of devices that are kept. */
const MOST_REPORTS = 200;

/** What a benchmark is served with. */
export interface BenchmarkServerOptions {
  readonly files: BenchmarkFiles;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Takes a new report of a device, with its text as it came; once for each id. */
  readonly take: (report: BenchmarkReport, text: string) => Promise<void>;
  /** Made at random by default. */
  readonly token?: string;
}

/** A server of a plan that takes reports. */
export interface BenchmarkServer {
  /** Such as `http://127.0.0.1:4605`. */
  readonly address: string;
  readonly token: string;
  /** SHA-256 of the plan as it is served. */
  readonly planDigest: string;
  /** Waits for what the one browser that the command itself started hands in: a report, or the times of a load. */
  expectCase(memory: () => unknown): {
    readonly report: Promise<BenchmarkReport>;
    readonly load: Promise<CaseLoad>;
    readonly cancel: () => void;
  };
  close(): Promise<void>;
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();

function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((thrown, _request, reply) => {
    const status = (thrown as { statusCode?: unknown }).statusCode;
    const error = isTidelineError(thrown)
      ? thrown
      : status === 413
        ? tidelineError("BATCH_TOO_LARGE", {
            who: "benchmark",
            field: "report",
            expected: `at most ${REPORT_BYTES} bytes`,
            received: "more",
          })
        : typeof status === "number" && status < 500
          ? tidelineError("ARGUMENT_INVALID", {
              who: "benchmark",
              expected: "an HTTP request that can be read",
            })
          : tidelineError("INTERNAL", { who: "benchmark", received: "an error of the server" });
    const { code, message } = error;
    return reply.code(ERROR_CODES[code].status).send({ code, message });
  });
}

/**
 * Serves a plan and its files to devices that have the token, and takes their reports: the page for browsers on `/`, the plan on
 * `/plan`, files on `/artifact/<sha256>`, reports on `/report`. The token is compared in constant time. The same report again is
 * taken as the same; another one under its id is refused.
 *
 * @throws PORT_IN_USE, ARGUMENT_INVALID for a host that is not this machine.
 *
 * @example
 * const server = await serveBenchmark({ files, host: "127.0.0.1", port: 0, take: async (report) => console.log(report.device) });
 */
export async function serveBenchmark(options: BenchmarkServerOptions): Promise<BenchmarkServer> {
  const { files, host, port, take } = options;
  const token = options.token ?? randomBytes(24).toString("base64url");
  const planText = JSON.stringify(files.plan);
  const planDigest = digestOf(planText).toString("hex");
  const wanted = digestOf(`Bearer ${token}`);
  const taken = new Map<string, string>();
  let waiting:
    | {
        readonly take: (report: BenchmarkReport) => void;
        readonly takeLoad: (load: CaseLoad) => void;
        readonly memory: () => unknown;
      }
    | undefined;
  const waited = (): NonNullable<typeof waiting> => {
    if (waiting !== undefined) return waiting;
    throw tidelineError("NOT_FOUND", {
      who: "benchmark",
      field: "case",
      received: "no case that is waited for",
    });
  };

  const server = fastify({ bodyLimit: REPORT_BYTES, forceCloseConnections: "idle" });
  answerErrors(server);
  // The body is read as text: its digest tells a repeated report.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  server.get("/*", async (request, reply) => {
    // A path may begin with two slashes, behind which a URL has its host.
    const file = await pageFile(request.url.replace(/[?#].*$/s, ""));
    if (file === undefined)
      throw tidelineError("NOT_FOUND", { who: "benchmark", field: "path", received: "no such file" });
    return reply.headers({ ...file.headers, "cache-control": "no-store" }).send(file.body);
  });
  await server.register(async (inner) => {
    inner.addHook("onRequest", async (request) => {
      if (timingSafeEqual(digestOf(request.headers.authorization ?? ""), wanted)) return;
      throw tidelineError("UNAUTHORISED", {
        who: "benchmark",
        field: "authorization",
        expected: "the token that tideline benchmark --serve printed, as Bearer",
        received: request.headers.authorization === undefined ? "none" : "another one",
      });
    });
    inner.get("/plan", async (_request, reply) =>
      reply
        .headers({
          "content-type": "application/json; charset=utf-8",
          "x-plan-sha256": planDigest,
          "x-litert-version": packageVersion("@litertjs/core"),
          "cache-control": "no-store",
        })
        .send(planText),
    );
    inner.get<{ Params: { sha256: string } }>("/artifact/:sha256", async (request, reply) => {
      const bytes = files.files.get(request.params.sha256);
      if (bytes === undefined)
        throw tidelineError("NOT_FOUND", {
          who: "benchmark",
          field: "artifact",
          received: "none of this plan",
        });
      return reply.type("application/octet-stream").send(Buffer.from(bytes));
    });
    inner.get("/memory", async (_request, reply) =>
      reply
        .type("application/json")
        .send(JSON.stringify(waiting?.memory() ?? "no case is run by the command now")),
    );
    inner.post("/load", async (request, reply) => {
      waited().takeLoad(readLoad(typeof request.body === "string" ? request.body : ""));
      return reply.code(204).send();
    });
    inner.post<{ Querystring: { case?: string } }>("/report", async (request, reply) => {
      const text = typeof request.body === "string" ? request.body : "";
      const report = readReport(text, files.plan, planDigest);
      if (request.query.case !== undefined) {
        waited().take(report);
        return reply.code(201).send({ id: report.id, stored: false });
      }
      const digest = digestOf(text).toString("hex");
      const before = taken.get(report.id);
      if (before === digest) return reply.code(200).send({ id: report.id, stored: true });
      if (before !== undefined)
        throw tidelineError("DATA_MALFORMED", {
          who: "benchmark report",
          field: "id",
          expected: "an id of its own",
          received: `${report.id}, under which another report was taken`,
        });
      if (taken.size >= MOST_REPORTS)
        throw tidelineError("OVERLOADED", {
          who: "benchmark",
          field: "reports",
          expected: `at most ${MOST_REPORTS}`,
          received: "one more",
          remedy: "Start tideline benchmark --serve again.",
        });
      // Kept before it is stored, so that two that come at once are one.
      taken.set(report.id, digest);
      try {
        await take(report, text);
      } catch (error) {
        taken.delete(report.id);
        throw error;
      }
      return reply.code(201).send({ id: report.id, stored: true });
    });
  });
  await server.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
    const isUnknown = cause.code === "ENOTFOUND" || cause.code === "EAI_AGAIN";
    if (isUnknown || cause.code === "EADDRNOTAVAIL")
      throw tidelineError("ARGUMENT_INVALID", {
        who: "tideline benchmark",
        field: "--host",
        expected: "an address of this machine",
        received: host,
        cause,
      });
    if (cause.code !== "EADDRINUSE" && cause.code !== "EACCES") throw cause;
    throw tidelineError("PORT_IN_USE", {
      who: "tideline benchmark",
      field: "--port",
      expected: "a free port",
      received: `${host}:${port}`,
      remedy: "Stop the other process, or pass --port 0.",
      cause,
    });
  });
  const own = server.server.address() as { port: number };
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  return Object.freeze({
    address: `http://${name}:${own.port}`,
    token,
    planDigest,
    expectCase(memory: () => unknown) {
      const report = Promise.withResolvers<BenchmarkReport>();
      const load = Promise.withResolvers<CaseLoad>();
      for (const { promise } of [report, load]) promise.catch(() => {});
      waiting = { take: report.resolve, takeLoad: load.resolve, memory };
      return {
        report: report.promise,
        load: load.promise,
        cancel: () => {
          waiting = undefined;
          for (const { reject } of [report, load]) reject(new Error("cancelled"));
        },
      };
    },
    close: () => closeServer(server, 500),
  });
}
