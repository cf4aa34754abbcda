import type { Tarball } from "../pack.ts";

/** Options of {@link checkExpo}. */
export interface ExpoOptions {
  readonly tarballs: readonly Tarball[];
  readonly fresh: boolean;
  readonly tell: (line: string) => void;
}

export function checkExpo(_options: ExpoOptions): null {
  return null;
}
