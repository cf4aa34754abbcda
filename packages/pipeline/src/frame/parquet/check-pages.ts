import { chunkBytes, type ChunkBytes } from "./chunk-bytes.ts";
import { checkPage } from "./page-checksum.ts";
import { takeHead, type PageHead } from "./page-head.ts";
import { pageMemory, type PageMemory } from "./page-memory.ts";
import type { PageStretch } from "./parquet-footer.ts";

/**
 * Compares pages that are read elsewhere with the checksums that their writer may have kept. A stretch whose pages have none, or
 * are no pages, is left to that reader.
 *
 * @throws Error where bytes are others than they were.
 */
export function checkPages(stretches: readonly PageStretch[]): void {
  const memory = pageMemory();
  const from = chunkBytes(memory);
  try {
    for (const { file, start, length } of stretches) {
      from.begin(file, start, length);
      while (from.left > 0) {
        const head = headOf(from, memory);
        if (head?.checksum === undefined) break;
        from.need(head.packed);
        checkPage(memory.bytes.subarray(from.at, from.at + head.packed), head.checksum);
        from.skip(head.packed);
      }
    }
  } finally {
    from.close();
  }
}

function headOf(from: ChunkBytes, memory: PageMemory): PageHead | undefined {
  try {
    return takeHead(from, memory);
  } catch {
    return undefined;
  }
}
