import type { ConsoleServer } from "@tideline/pipeline";
import { ERROR_CODES, tidelineError } from "@tideline/spec";

/** Names by which a browser on the same machine calls a server on loopback. */
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

/** The name of a `Host` header, without its port and brackets. */
function hostName(header: string | undefined): string {
  const name = /^\[(.+)\](?::\d+)?$/.exec(header ?? "")?.[1] ?? header?.replace(/:\d+$/, "");
  return (name ?? "").toLowerCase();
}

/**
 * Makes a server that is bound to loopback answer to loopback's names only: a page of another site whose name was
 * pointed at this machine (DNS rebinding) reads nothing. A server that is bound elsewhere answers to any name.
 */
export function answerToOwnHost(server: ConsoleServer["server"], host: string): void {
  if (!LOOPBACK.has(host)) return;
  server.addHook("onRequest", async (request, reply) => {
    if (LOOPBACK.has(hostName(request.headers.host))) return;
    const { message } = tidelineError("FORBIDDEN", {
      who: "console",
      field: "Host",
      expected: "localhost or an address of loopback",
      received: "another name",
      remedy: "Pass --host to serve other machines.",
    });
    await reply.code(ERROR_CODES.FORBIDDEN.status).send({ code: "FORBIDDEN", message });
  });
}
