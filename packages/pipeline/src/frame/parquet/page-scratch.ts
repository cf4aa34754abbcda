import { chunkBytes, type ChunkBytes } from "./chunk-bytes.ts";
import { NO_ROOM, pageMemory, type PageMemory, type Room } from "./page-memory.ts";

/** Rooms that the pages of a column are read in, one after the other. They grow as pages need it. */
export interface PageScratch {
  readonly from: ChunkBytes;
  /** The page, unpacked. */
  page: Room;
  /** A byte for each row of the page, 1 for one that has a value. */
  flags: Room;
  /** Values of the page as they stand in a plain one, where it is none. */
  plain: Room;
  /** A place of 32 bits for each value of the page, or lengths of its texts. */
  places: Room;
  /** The values of the dictionary, or the codes of its texts. */
  dictionary: Room;
  /** Values of a page that are made of how they stand in it. */
  dense: Room;
  /** Some rows of the column. */
  out: Room;
}

/** A thread's memory, and rooms in it that columns hand on to one another. */
export interface ScratchPool {
  readonly memory: PageMemory;
  take(): PageScratch;
  give(scratch: PageScratch): void;
}

/** Starts without any. */
export function scratchPool(): ScratchPool {
  const memory = pageMemory();
  const idle: PageScratch[] = [];
  const none = {
    page: NO_ROOM,
    flags: NO_ROOM,
    plain: NO_ROOM,
    places: NO_ROOM,
    dictionary: NO_ROOM,
    dense: NO_ROOM,
    out: NO_ROOM,
  };
  return {
    memory,
    take: () => idle.pop() ?? { from: chunkBytes(memory), ...none },
    give(scratch) {
      scratch.from.close();
      idle.push(scratch);
    },
  };
}
