import { roomsOf, type ColumnCursor, type ColumnPart, type ColumnPlan } from "./column-part.ts";
import type { PageBytes } from "./page-bytes.ts";
import { factFinder } from "./fact-finder.ts";
import { pageReader } from "./page-reader.ts";
import type { ScratchPool } from "./page-scratch.ts";
import { kindOfType } from "./parquet-type.ts";
import { VALUE_STORES } from "./value-store.ts";

/** The bits of NaN as float64 and as float32. */
const [NAN_WIDE, NAN_NARROW] = [0x7ff8_0000_0000_0000n, 0x7fc0_0000n];

/** Rows that are made at once: they stay in the second cache. */
const AT_ONCE = 16_384;

/** Takes the rows of a column of numbers, times or truths, in order. */
export function numberCursor(plan: ColumnPlan, pool: ScratchPool): ColumnCursor {
  const { type, chunks } = plan;
  const { memory } = pool;
  const { kernel } = memory;
  const { Store, size, read } = VALUE_STORES[type as keyof typeof VALUE_STORES];
  const kept = Store.BYTES_PER_ELEMENT;
  const kind = kindOfType(type);
  // Of floats and times the value says that it is missing.
  const flagged = kind === "integer" || kind === "boolean";
  const none = flagged ? 0n : kept === 8 ? NAN_WIDE : NAN_NARROW;
  const roomFor = roomsOf(plan);
  let dictionarySize = -1;
  /** Where values of the page stand one behind the other; undefined where they are gathered from the dictionary. */
  let dense: number | undefined;
  /** Values of the page that are taken. */
  let value = 0;
  const check = (page: PageBytes): void => {
    if (page.values * size > page.end - page.start) throw new Error("values that are cut off");
  };
  const pages = pageReader(chunks, type, pool, {
    dictionary(page, own) {
      check(page);
      // As they stand they stay where they are: the next page goes to the other room.
      if (read === undefined && page.start === own.page.at)
        [own.dictionary, own.page] = [own.page, own.dictionary];
      else {
        own.dictionary = memory.widened(own.dictionary, page.values * kept);
        if (read === undefined)
          memory.bytes.copyWithin(own.dictionary.at, page.start, page.start + page.values * size);
        else read(memory, page.start, own.dictionary.at, page.values);
      }
      dictionarySize = page.values;
    },
    plain(page, own) {
      check(page);
      dense = page.start;
      value = 0;
      if (read === undefined) return;
      own.dense = memory.widened(own.dense, page.values * kept);
      dense = own.dense.at;
      read(memory, page.start, dense, page.values);
    },
    indexed(values, own) {
      value = 0;
      const first = values === 0 ? 0 : memory.view.getUint32(own.places.at, true);
      // Of a column in which no value comes twice the dictionary is the column.
      const rising = first + values <= dictionarySize && kernel.risesByOne(own.places.at, values) !== 0;
      dense = rising ? own.dictionary.at + first * kept : undefined;
    },
  });
  if (type === "boolean") {
    pages.scratch.dictionary = memory.widened(pages.scratch.dictionary, 2);
    memory.bytes[pages.scratch.dictionary.at] = 0;
    memory.bytes[pages.scratch.dictionary.at + 1] = 1;
    dictionarySize = 2;
  }

  /** Makes the next `count` rows of the page; gives where they stand. */
  const make = (count: number): number => {
    const own = pages.scratch;
    if (dense !== undefined && !pages.gaps) {
      value += count;
      return dense + (value - count) * kept;
    }
    own.out = memory.widened(own.out, count * kept);
    const [into, flags, places] = [own.out.at, own.flags.at + pages.row, own.places.at + value * 4];
    const taken =
      dense !== undefined
        ? kernel.spreadFlagged(kept, dense + value * kept, flags, into, count, none)
        : pages.gaps
          ? kernel.gatherFlagged(kept, own.dictionary.at, dictionarySize, places, flags, into, count, none)
          : kernel.gatherAll(kept, own.dictionary.at, dictionarySize, places, into, count);
    if (taken < 0) throw new Error("a place outside the dictionary of its pages");
    value += taken;
    return into;
  };

  return {
    take(rows: number): ColumnPart {
      const room = roomFor(rows * kept);
      const out = new Store(room, 0, rows);
      const bytes = new Uint8Array(room);
      const look = factFinder(kept, kind, memory);
      let present: Uint8Array<ArrayBuffer> | undefined;
      for (let at = 0; at < rows;) {
        pages.advance();
        const count = Math.min(pages.rows, rows - at, AT_ONCE);
        const made = make(count);
        look.see(made, count, pages.gaps);
        memory.copyOut(made, count * kept, bytes, at * kept);
        if (flagged && pages.gaps) {
          // Until the first gap all rows have a value.
          present ??= new Uint8Array(rows).fill(1);
          const flags = pages.scratch.flags.at + pages.row;
          present.set(memory.bytes.subarray(flags, flags + count), at);
        }
        pages.take(count);
        at += count;
      }
      if (present?.includes(0) === true) return { values: out, present };
      const facts = look.facts();
      return facts === undefined ? { values: out } : { values: out, facts };
    },
    close: pages.close,
  };
}
