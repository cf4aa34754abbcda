import { createHash, timingSafeEqual } from "node:crypto";
import { tidelineError } from "@tideline/spec";
import type { FastifyPluginCallback } from "fastify";
import { answerErrors } from "./error-reply.ts";

/** What {@link rolloutRoutes} serves. */
export interface RolloutRouteOptions {
  /** The administration token of the folder's owner. */
  readonly token: string;
  /** Does what the owner asks; throws NOT_FOUND, ARGUMENT_INVALID. */
  readonly change: (action: unknown) => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
}

/** An action is a few words. */
const BODY_BYTES = 4096;

/**
 * The owner's route to a living roll-out: `POST /v1/rollout` with the owner's token and an action as JSON. No phone and
 * no write key may use it.
 */
export function rolloutRoutes({ token, change, onFault }: RolloutRouteOptions): FastifyPluginCallback {
  const digest = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();
  const wanted = digest(`Bearer ${token}`);
  return (server, _options, done) => {
    answerErrors(server, onFault);
    server.post("/v1/rollout", { bodyLimit: BODY_BYTES }, async (request, reply) => {
      if (!timingSafeEqual(digest(request.headers.authorization ?? ""), wanted)) {
        throw tidelineError("UNAUTHORISED", { who: "rollout", expected: "the owner's token" });
      }
      return reply.send(await change(request.body));
    });
    done();
  };
}
