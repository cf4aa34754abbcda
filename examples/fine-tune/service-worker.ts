/** Files of the page, and a name that changes with any of them; written in by the build. */
declare const FILES: readonly string[];
declare const VERSION: string;

/** What is used of the service worker's global scope. */
interface Scope {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listen: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listen: (event: Fetching) => void): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const PREFIX = "tideline-fine-tune-";

/** Keeps all files of one build, so that the page opens without a network; those of earlier builds go. */
scope.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(PREFIX + VERSION)
      .then((cache) => cache.addAll(FILES))
      .then(() => scope.skipWaiting()),
  );
});
scope.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith(PREFIX) && name !== PREFIX + VERSION)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => scope.clients.claim()),
  );
});
scope.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const { request } = event;
  const kept = caches.open(PREFIX + VERSION).then((cache) => cache.match(request));
  // Of the page itself the server's is taken where there is one: at this address another program may answer tomorrow.
  event.respondWith(
    request.mode === "navigate"
      ? fetch(request).catch(async (error: unknown) => (await kept) ?? Promise.reject(error))
      : kept.then((found) => found ?? fetch(request)),
  );
});
