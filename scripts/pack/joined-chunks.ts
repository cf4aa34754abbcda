import type { Metafile } from "esbuild";

/**
 * Bytes up to which a chunk is joined to another. A file costs half a millisecond, compiled as it is; with this size five entries
 * were there a tenth to a quarter sooner than without.
 */
const SMALL = 16_384;

/** What an entry imports besides: modules of small chunks, by its path. */
export type MoreImports = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What entries should import besides, so that fewer files come of them: a bundler has a chunk for each set of entries that
 * share modules, dozens of a few lines. A small chunk is to be loaded by all who load a chunk that more entries load, when they
 * load whatever it imports, too, other packages as well. The two are one then.
 *
 * @param metafile of the build without more imports.
 */
export function joinedChunks({ outputs }: Metafile): MoreImports {
  const importsOf = (path: string): readonly string[] =>
    outputs[path]!.imports.flatMap(({ kind, path: to, external }) =>
      kind === "import-statement" && external !== true ? [to] : [],
    );
  /** Other packages that it imports, and what Node loads when it is asked. */
  const packagesOf = (path: string): ReadonlySet<string> =>
    new Set(
      outputs[path]!.imports.flatMap(({ kind, path: name, external }) =>
        kind === "import-statement" && external === true ? [name] : [],
      ),
    );
  /** Those that are loaded with it. */
  const loadedBy = (path: string): ReadonlySet<string> =>
    new Set([...packagesOf(path), ...importsOf(path).flatMap((one) => [...loadedBy(one)])]);
  const users = new Map(Object.keys(outputs).map((path) => [path, new Set<string>()]));
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    if (entryPoint === undefined) continue;
    const waiting = [path];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (users.get(at)?.has(entryPoint) !== false) continue;
      users.get(at)!.add(entryPoint);
      waiting.push(...importsOf(at));
    }
  }
  const chunks = Object.keys(outputs).filter(
    (path) => outputs[path]!.entryPoint === undefined && path.endsWith(".js"),
  );
  const first = new Map(users);
  const usersOf = (chunk: string): ReadonlySet<string> => users.get(chunk)!;
  /** The chunk with the fewest users that this one can be one with. */
  const largerOf = (chunk: string): string | undefined => {
    const own = usersOf(chunk);
    const isJoined = chunks.some(
      (other) => other !== chunk && usersOf(other).size === own.size && isWithin(own, usersOf(other)),
    );
    if (isJoined || outputs[chunk]!.bytes > SMALL) return undefined;
    return chunks
      .filter(
        (other) =>
          usersOf(other).size > own.size &&
          isWithin(own, usersOf(other)) &&
          isWithin(packagesOf(chunk), loadedBy(other)) &&
          importsOf(chunk).every((one) => isWithin(usersOf(other), usersOf(one))),
      )
      .toSorted((one, other) => usersOf(one).size - usersOf(other).size)[0];
  };
  for (let joined = true; joined;) {
    joined = false;
    for (const chunk of chunks.toSorted((one, other) => usersOf(other).size - usersOf(one).size)) {
      const larger = largerOf(chunk);
      if (larger === undefined) continue;
      users.set(chunk, users.get(larger)!);
      joined = true;
    }
  }
  const more = new Map<string, Set<string>>();
  for (const chunk of chunks)
    for (const entry of usersOf(chunk))
      if (!first.get(chunk)!.has(entry))
        more.set(entry, new Set([...(more.get(entry) ?? []), ...Object.keys(outputs[chunk]!.inputs)]));
  return more;
}

const isWithin = (some: ReadonlySet<string>, all: ReadonlySet<string>): boolean =>
  some.values().every((one) => all.has(one));
