import type { FastifyInstance } from "fastify";

/** Milliseconds between looks at connections that have become idle. */
const LOOK = 20;

/**
 * Closes a server: it takes no more requests, and connections end as soon as their request is answered, since clients
 * would keep idle ones open for a minute. What is not answered within `drainMs` is cut off.
 */
export async function closeServer(server: FastifyInstance, drainMs: number): Promise<void> {
  const idle = setInterval(() => server.server.closeIdleConnections(), LOOK);
  const deadline = setTimeout(() => server.server.closeAllConnections(), drainMs);
  try {
    await server.close();
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}
