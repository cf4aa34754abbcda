import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as nodeModule from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** How our own modules end: as TypeScript, of which the page gets what is left without types, or built. */
const OWN = extname(import.meta.filename).slice(1);

const folderOf = (module: string): string => dirname(fileURLToPath(import.meta.resolve(module)));

/** Folders of our own modules that the page may load. */
const SOURCES: Readonly<Record<string, string>> = {
  spec: dirname(folderOf("@tideline/spec/benchmark")),
  predict: folderOf("@tideline/predict"),
  page: join(import.meta.dirname, "browser"),
};

/** Folders of the runtimes' files. */
const VENDORS: Readonly<Record<string, () => string>> = {
  "onnxruntime-web": () => dirname(require.resolve("onnxruntime-web")),
  litert: () => dirname(dirname(require.resolve("@litertjs/core"))),
  "litert-utils": () =>
    dirname(dirname(createRequire(require.resolve("@litertjs/core")).resolve("@litertjs/wasm-utils"))),
};

const TYPES: Readonly<Record<string, string>> = {
  ts: "text/javascript; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  wasm: "application/wasm",
};

const IMPORTS = JSON.stringify({
  imports: {
    "@tideline/spec/benchmark": `/module/spec/benchmark/index.${OWN}`,
    "@tideline/predict": `/module/predict/index.${OWN}`,
    "@litertjs/core": "/vendor/litert/dist/index.js",
    "@litertjs/wasm-utils": "/vendor/litert-utils/dist/index.js",
  },
});

const STYLE =
  ":root{color-scheme:light dark}body{margin:0 auto;max-width:40rem;padding:2rem 1rem;font:1.1rem/1.5 system-ui,sans-serif}h1{font-size:1.5rem}";

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** What the page may load and run: itself, and WebAssembly. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' ${hash(IMPORTS)}`,
  `style-src ${hash(STYLE)}`,
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A file that is served to anyone: nothing in it is secret. */
export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const HTML = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Tideline benchmark</title><style>${STYLE}</style>
<script type="importmap">${IMPORTS}</script></head>
<body><main><h1>Tideline benchmark</h1><p id="state" role="status">Starting</p><p>Keep this page in front until it says that it is done. Figures are those of this browser on this device.</p></main>
<script type="module" src="/module/page/page.${OWN}"></script></body></html>
`;

/** Takes types off, without the word of warning that Node has for it. */
function stripped(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return nodeModule.stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * A file of the page by its path; undefined for what is none. Modules are our own sources with their types taken off, or as they were built: no bundler.
 * With these headers a page on loopback, or behind TLS, is isolated, and its clock steps by 5 microseconds instead of 100.
 */
export async function pageFile(path: string): Promise<PageFile | undefined> {
  const isolated = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  if (path === "/")
    return {
      headers: { ...isolated, "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY },
      body: HTML,
    };
  // Names without a leading dot, so that no path leads out of its folder.
  const match = /^\/(module|vendor)\/([a-z-]+)((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)\.(ts|js|mjs|wasm)$/.exec(
    path,
  );
  if (match === null) return undefined;
  const [, kind, name, rest, end] = match as unknown as [string, string, string, string, string];
  const folder = kind === "module" ? SOURCES[name] : VENDORS[name]?.();
  if (folder === undefined || (kind === "module" ? end !== OWN : end === "ts") || rest.endsWith(".test"))
    return undefined;
  try {
    const bytes = await readFile(join(folder, `${rest}.${end}`));
    return {
      headers: { ...isolated, "content-type": TYPES[end]! },
      body: end === "ts" ? stripped(bytes.toString("utf8")) : bytes,
    };
  } catch {
    return undefined;
  }
}
