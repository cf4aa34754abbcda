import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { FastifyPluginAsync } from "fastify";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".md": "text/markdown; charset=utf-8",
};

/** Scripts, styles and requests from this origin only, and nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Options of {@link dashboardRoutes}. */
export interface DashboardRoutesOptions {
  /** The folder that `buildDashboard` answers. */
  readonly folder: string;
}

interface Page {
  readonly url: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads a file of the build with the headers that it is sent with. */
function readPage(folder: string, path: string): Page {
  const name = relative(folder, path).split(sep).join("/");
  const bytes = readFileSync(path);
  return {
    url: name === "index.html" ? "/" : `/${name}`,
    bytes,
    gzip: gzipSync(bytes),
    headers: {
      "content-type": TYPES[extname(name)] ?? "application/octet-stream",
      // A file in assets/ has the hash of its content in its name and never changes.
      "cache-control": name.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
      vary: "accept-encoding",
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
  };
}

/**
 * A Fastify plugin that serves the built page at `/` (or at the prefix it is registered with) from memory. Each
 * file of the folder is one route, so a path that leaves the folder has no route at all and answers 404.
 *
 * @throws ENOENT, when registered, if the folder does not exist.
 * @example
 * await server.register(dashboardRoutes({ folder: (await buildDashboard()).folder }));
 */
export function dashboardRoutes(options: DashboardRoutesOptions): FastifyPluginAsync {
  return async (server) => {
    const entries = readdirSync(options.folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((entry) => entry.isFile())) {
      const page = readPage(options.folder, join(entry.parentPath, entry.name));
      server.get(page.url, (request, reply) => {
        reply.headers(page.headers);
        if (request.headers["if-none-match"] === page.headers["etag"]) return reply.code(304).send();
        if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return reply.send(page.bytes);
        return reply.header("content-encoding", "gzip").send(page.gzip);
      });
    }
  };
}
