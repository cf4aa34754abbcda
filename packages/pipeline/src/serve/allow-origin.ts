import type { FastifyInstance } from "fastify";

/** A day, in seconds: how long a browser may remember what it may ask here. */
const PREFLIGHT_AGE = "86400";

/**
 * Lets pages of any origin use a plugin's routes: releases are public and signed, and a key, not a cookie, says who
 * may infer. Answers the preflight of the given paths.
 */
export function allowOrigins(server: FastifyInstance, paths: readonly string[]): void {
  server.addHook("onRequest", (_request, reply, done) => {
    reply
      .header("access-control-allow-origin", "*")
      .header("access-control-expose-headers", "etag, retry-after");
    done();
  });
  for (const path of paths) {
    server.options(path, (_request, reply) =>
      reply
        .code(204)
        .header("access-control-allow-methods", "GET, HEAD, POST")
        .header(
          "access-control-allow-headers",
          "authorization, content-type, if-none-match, x-tideline-secret",
        )
        .header("access-control-max-age", PREFLIGHT_AGE)
        .send(),
    );
  }
}
