import { tidelineError } from "@tideline/spec";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactStore } from "../release/artifact.ts";
import { sha256Hex } from "../release/release-port.ts";
import type { ReleaseShelf } from "../release/shelf.ts";
import { allowOrigins } from "./allow-origin.ts";
import { artifactCache } from "./artifact-cache.ts";
import { byteRange } from "./byte-range.ts";
import { answerErrors } from "./error-reply.ts";

/** What {@link releaseRoutes} serves. */
export interface ReleaseRouteOptions {
  readonly shelf: ReleaseShelf;
  readonly artifacts: ArtifactStore;
  readonly onFault: (error: unknown) => void;
}

/** Whether the client has the version of a tag (RFC 9110, section 13.1.2: weak comparison). */
function hasTag(request: FastifyRequest, tag: string): boolean {
  const header = request.headers["if-none-match"] ?? "";
  return header.split(",").some((item) => ["*", tag].includes(item.trim().replace(/^W\//, "")));
}

/** JSON that may change: asked for again each time, sent only when it did. */
function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply {
  const text = JSON.stringify(value);
  const tag = `"${sha256Hex(Buffer.from(text))}"`;
  reply.header("etag", tag).header("cache-control", "no-cache");
  if (hasTag(request, tag)) return reply.code(304).send();
  return reply.type("application/json; charset=utf-8").send(text);
}

/**
 * Routes by which phones update: `GET /v1/root` (every root's envelope, oldest first), `GET
 * /v1/releases/:model/:channel` (the envelope on offer), `GET /v1/artifacts/:sha256` (files of published releases
 * only, immutable; one range of bytes where a `Range` header asks for it, whole otherwise). All are public: what they give is signed, and phones trust the signature alone.
 */
export function releaseRoutes(options: ReleaseRouteOptions): FastifyPluginCallback {
  const { shelf, artifacts, onFault } = options;
  const kept = artifactCache(artifacts);
  return (server, _options, done) => {
    answerErrors(server, onFault);
    allowOrigins(server, ["/v1/root", "/v1/releases/*", "/v1/artifacts/*"]);

    server.get("/v1/root", (request, reply) => sendJson(request, reply, shelf.roots()));

    server.get<{ Params: { model: string; channel: string } }>(
      "/v1/releases/:model/:channel",
      (request, reply) => {
        const { model, channel } = request.params;
        const signed = shelf.current(model, channel);
        if (signed === undefined) {
          throw tidelineError("NOT_FOUND", {
            who: "console",
            received: "no release of that model and channel",
          });
        }
        return sendJson(request, reply, signed.envelope);
      },
    );

    server.get<{ Params: { sha256: string } }>("/v1/artifacts/:sha256", async (request, reply) => {
      const { sha256 } = request.params;
      if (!shelf.isReleased(sha256)) {
        throw tidelineError("NOT_FOUND", { who: "console", received: "no such artifact of a release" });
      }
      const tag = `"${sha256}"`;
      reply.header("etag", tag);
      if (hasTag(request, tag)) {
        return reply.header("cache-control", "public, max-age=31536000, immutable").code(304).send();
      }
      const { range, "if-range": condition } = request.headers;
      const bytes = await (range === undefined ? artifacts : kept).read(sha256);
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("accept-ranges", "bytes")
        .type("application/octet-stream");
      // A piece of another version than the client has is of no use to it (RFC 9110, section 13.1.5).
      const wanted =
        condition === undefined || condition === tag ? byteRange(range, bytes.length) : undefined;
      if (wanted === null) {
        return reply.code(416).header("content-range", `bytes */${bytes.length}`).send();
      }
      const { first, last } = wanted ?? { first: 0, last: bytes.length - 1 };
      if (wanted !== undefined) {
        reply.code(206).header("content-range", `bytes ${first}-${last}/${bytes.length}`);
      }
      return reply.send(Buffer.from(bytes.buffer, bytes.byteOffset + first, last - first + 1));
    });
    done();
  };
}
