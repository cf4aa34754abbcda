/**
 * Where in this browser's storage for the origin some text stands: every value and key of every IndexedDB database,
 * Cache Storage, local and session storage, cookies. Runs in a page; nothing outside of it is used.
 */
export async function scanBrowser(needle: string): Promise<readonly string[]> {
  const places: string[] = [];
  const look = (place: string, content: string): void => {
    if (content.includes(needle)) places.push(place);
  };
  const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      request.addEventListener("success", () => resolve(request.result));
      request.addEventListener("error", () => reject(request.error!));
    });
  /** Bytes as text in which ASCII can be looked for; everything else as JSON. */
  const textOf = (value: unknown): string =>
    ArrayBuffer.isView(value) ? new TextDecoder("latin1").decode(value) : (JSON.stringify(value) ?? "");
  for (const { name = "" } of await indexedDB.databases()) {
    look(`database ${name}`, name);
    const database = await settled(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([settled(rows.getAllKeys()), settled(rows.getAll())]);
      keys.forEach((key, index) => look(`${name}/${String(key)}`, `${String(key)}${textOf(values[index])}`));
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      look(`cache ${name}`, `${request.url}${(await response?.text()) ?? ""}`);
    }
  }
  for (const [name, storage] of Object.entries({ localStorage, sessionStorage })) {
    look(name, JSON.stringify(storage));
  }
  look("cookie", document.cookie);
  return places;
}
