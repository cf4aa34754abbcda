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
// The server's files are taken where there is one: at this address another build, or another program, may answer
// tomorrow, and files of two builds do not fit each other.
scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  event.respondWith(
    fetch(request).catch(async (error: unknown) => {
      const cache = await caches.open(PREFIX + VERSION);
      return (await cache.match(request)) ?? Promise.reject(error);
    }),
  );
});
