import { createHash, timingSafeEqual } from "node:crypto";
import { Readable } from "node:stream";
import { tidelineError } from "@tideline/spec";
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { SubjectRequestRow } from "../catalog/index.ts";
import { authoriser } from "../ingest/authorise.ts";
import { allowOrigins } from "../serve/allow-origin.ts";
import { answerErrors } from "../serve/error-reply.ts";
import { addressSource } from "./address-source.ts";
import type { SubjectDesk } from "./subject-desk.ts";
import { ownerQuestion, phoneQuestion } from "./subject-request-body.ts";
import { tokenBuckets, type BucketLimits, type TokenBuckets } from "./token-bucket.ts";

/** What {@link subjectRoutes} serves. */
export interface SubjectRouteOptions {
  readonly desk: SubjectDesk;
  /** Keys of the app; every phone has one, so that they prove nothing but that an app asks. */
  readonly writeKeys: readonly string[];
  /** The administration token of the folder's owner. */
  readonly token: string;
  readonly onFault: (error: unknown) => void;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
  readonly limits?: Partial<SubjectLimits>;
}

/** Bounds of the routes. */
export interface SubjectLimits {
  /**
   * New requests of one address (IPv4, or a /64 of IPv6): perhaps that of a proxy, before many phones. Those that show
   * the secret of a known install, and all others, have a bucket each.
   */
  readonly requests: BucketLimits;
  /** New requests of one install, the same. */
  readonly installs: BucketLimits;
  /** Everything of one address that shows no secret that is known, and everything about one request. */
  readonly looks: BucketLimits;
  /** Exports that are sent at once: each reads the lake. */
  readonly exports: number;
}

const LIMITS: SubjectLimits = Object.freeze({
  requests: { burst: 60, everyMs: 1000 },
  installs: { burst: 10, everyMs: 60_000 },
  looks: { burst: 600, everyMs: 100 },
  exports: 2,
});

/** The secret of an install is 32 bytes, in hexadecimal. */
const SECRET = /^[0-9a-f]{64}$/;

/** A body has an install, a secret and a few braces. */
const BODY_BYTES = 4096;

/** A body of the owner's may name pseudonyms besides. */
const OWNER_BODY_BYTES = 16_384;

/** What a request looks like from outside: never whom it is about. */
const answerOf = ({ id, kind, state, receipt, error }: SubjectRequestRow, isOwner: boolean): object => ({
  format: 1,
  request: id,
  kind,
  state,
  ...(receipt === null ? {} : { receipt }),
  ...(isOwner && error !== null ? { error } : {}),
});

/** The same answer for a request that is not there and for one of somebody else. */
const unknown = () => tidelineError("NOT_FOUND", { who: "subject", received: "no such request of yours" });

/** Compares the bearer token of a request with the owner's. */
function ownerCheck(token: string): (request: FastifyRequest) => boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  const wanted = digest(`Bearer ${token}`);
  return ({ headers }) => timingSafeEqual(digest(headers.authorization ?? ""), wanted);
}

/** The secret that a request shows, or null. */
function secretOf({ headers }: FastifyRequest): string | null {
  const secret = headers["x-tideline-secret"];
  return typeof secret === "string" && SECRET.test(secret) ? secret : null;
}

/**
 * Routes by which a person's phone asks for what is held of it, or for its erasure: `POST /v1/subject/export` and
 * `/erase` (a write key, `{ format, install, secret }`) take the request down, `GET /v1/subject/requests/:id` says how
 * it stands and `.../export` gives what is held, both for whoever shows the secret. `POST /v1/subject/owner/erase` is
 * the folder's owner's, by user id. Whether an install is known shows in no answer: a request is taken down in any
 * case, and held against the proof later.
 */
export function subjectRoutes(options: SubjectRouteOptions): FastifyPluginCallback {
  const { desk, onFault, now = () => performance.now() } = options;
  const limits: SubjectLimits = { ...LIMITS, ...options.limits };
  const authorise = authoriser(options.writeKeys);
  const isOwner = ownerCheck(options.token);
  const [asks, installs, looks] = [limits.requests, limits.installs, limits.looks].map((limit) =>
    tokenBuckets(limit, now),
  ) as [TokenBuckets, TokenBuckets, TokenBuckets];
  const admit = (take: TokenBuckets, source: string): void => {
    if (!take(source)) throw tidelineError("OVERLOADED", { who: "subject", remedy: "Try again later." });
  };
  let sending = 0;

  return (server, _options, done) => {
    answerErrors(server, onFault);
    allowOrigins(server, ["/v1/subject/*"]);
    server.removeAllContentTypeParsers();
    server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    server.addHook("onSend", (_request, reply, _payload, next) => {
      reply.header("cache-control", "no-store");
      next();
    });

    for (const kind of ["export", "erase"] as const) {
      server.post(`/v1/subject/${kind}`, { bodyLimit: BODY_BYTES }, async (request, reply) => {
        authorise(request.headers.authorization);
        const question = phoneQuestion(request.body);
        const source = addressSource(request.ip);
        // Who shows the right secret is held up by nobody who does not, behind whatever address.
        const kept = (await desk.isProven(question)) ? "proven" : "unproven";
        if (kept === "unproven") admit(looks, source);
        // A phone that asks again, to hear how its request stands, makes none.
        const { id, state } = await desk.takeFromPhone(kind, question, {
          source,
          admit: () => {
            admit(asks, `${kept} ${source}`);
            admit(installs, `${kept} ${question.install}`);
          },
        });
        return reply.code(202).send({ format: 1, request: id, state });
      });
    }

    server.post("/v1/subject/owner/erase", { bodyLimit: OWNER_BODY_BYTES }, async (request, reply) => {
      if (!isOwner(request)) {
        const expected = "the token of the folder's owner";
        throw tidelineError("UNAUTHORISED", { who: "subject", field: "authorization", expected });
      }
      const { id, state } = await desk.takeFromOwner(ownerQuestion(request.body));
      return reply.code(202).send({ format: 1, request: id, state });
    });

    const asked = async (request: FastifyRequest, id: string): Promise<SubjectRequestRow> => {
      const byOwner = isOwner(request);
      const found = await desk.find(id, secretOf(request), byOwner);
      if (!byOwner) admit(looks, found === null ? addressSource(request.ip) : `request ${id}`);
      if (found === null) throw unknown();
      return found;
    };

    server.get<{ Params: { id: string } }>("/v1/subject/requests/:id", async (request) =>
      answerOf(await asked(request, request.params.id), isOwner(request)),
    );

    server.get<{ Params: { id: string } }>("/v1/subject/requests/:id/export", async (request, reply) => {
      const found = await asked(request, request.params.id);
      if (found.kind !== "export" || found.state !== "done") throw unknown();
      if (sending >= limits.exports) {
        throw tidelineError("OVERLOADED", { who: "subject", remedy: "Try again in a moment." });
      }
      sending += 1;
      reply.raw.once("close", () => {
        sending -= 1;
      });
      const text = async function* (): AsyncGenerator<string> {
        try {
          for await (const line of desk.lines(found)) yield `${JSON.stringify(line)}\n`;
        } catch (error) {
          // The answer has begun: it ends without its last line, and the reason is told here.
          onFault(error);
          throw error;
        }
      };
      return reply
        .type("application/x-ndjson; charset=utf-8")
        .header("content-disposition", 'attachment; filename="export.ndjson"')
        .send(Readable.from(text()));
    });
    done();
  };
}
