import { PAGE_KERNELS } from "./kernel/generated/page-kernels.ts";

/** The functions of `kernel/source/page.as`. Addresses are of the memory's bytes. */
export interface PageKernel {
  unpackSnappy(from: number, end: number, into: number, size: number): number;
  readHybrid(from: number, end: number, width: number, into: number, count: number): number;
  risesByOne(from: number, count: number): number;
  readLevels(from: number, end: number, into: number, count: number): number;
  readTruths(from: number, into: number, count: number): void;
  scaleWide(from: number, into: number, count: number, scale: number): number;
  areNumbers(bytes: number, from: number, count: number): number;
  riseOf(from: number, count: number, before: number): number;
  gatherAll(bytes: number, values: number, size: number, places: number, into: number, count: number): number;
  gatherFlagged(
    bytes: number,
    values: number,
    size: number,
    places: number,
    flags: number,
    into: number,
    count: number,
    none: bigint,
  ): number;
  spreadFlagged(
    bytes: number,
    values: number,
    flags: number,
    into: number,
    count: number,
    none: bigint,
  ): number;
  readDeltas(bytes: number, from: number, end: number, into: number, count: number): number;
  sizeOfTexts(shared: number, own: number, count: number, bytes: number): number;
  joinTexts(shared: number, own: number, count: number, from: number, into: number): void;
  mergeBytes(bytes: number, from: number, into: number, count: number): void;
  mapCodes(codes: number, size: number, places: number, into: number, count: number, unknown: number): number;
}

/** A stretch of a memory. */
export interface Room {
  readonly at: number;
  readonly size: number;
}

/** The memory in which a thread unpacks pages. Its views are good until it grows, which `widened` may do. */
export interface PageMemory {
  readonly kernel: PageKernel;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /**
   * The room itself, or a larger one in its place, with 64 bytes more behind it that may be looked at; the first `kept` bytes
   * stand in it.
   *
   * @throws Error where a thread's 4 GiB do not hold it.
   */
  widened(room: Room, bytes: number, kept?: number): Room;
  /** Copies bytes to place `at` of an array, which may be memory that threads share. */
  copyOut(from: number, bytes: number, target: Uint8Array, at: number): void;
}

/** No room yet. */
export const NO_ROOM: Room = Object.freeze({ at: 0, size: 0 });

/** Bytes behind a room. */
const BEHIND = 64;

const WASM_PAGE = 65_536;
const MOST_WASM_PAGES = 65_536;

/** What of WebAssembly is used: the types of Node do not have it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const wasm = (globalThis as unknown as { readonly WebAssembly: Wasm }).WebAssembly;
interface Wasm {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: object };
}

let compiled: object | undefined;

/** Starts a memory with little in it. Rooms are of sizes that double, and one that is left is given to the next of its size. */
export function pageMemory(): PageMemory {
  compiled ??= new wasm.Module(Buffer.from(PAGE_KERNELS, "base64"));
  const memory = new wasm.Memory({ initial: 1, maximum: MOST_WASM_PAGES });
  const { exports } = new wasm.Instance(compiled, { env: { memory } });
  let bytes = new Uint8Array(memory.buffer);
  let buffer = Buffer.from(memory.buffer);
  let view = new DataView(memory.buffer);
  /** The kernels' own bytes come first. */
  let used = 4096;
  const idle = new Map<number, number[]>();
  const begin = (size: number): number => {
    const at = idle.get(size)?.pop();
    if (at !== undefined) return at;
    const lacking = Math.ceil((used + size + BEHIND - bytes.length) / WASM_PAGE);
    if (lacking > 0) {
      if (bytes.length / WASM_PAGE + lacking > MOST_WASM_PAGES)
        throw new Error("pages that take more than 4 GiB");
      memory.grow(lacking);
      bytes = new Uint8Array(memory.buffer);
      buffer = Buffer.from(memory.buffer);
      view = new DataView(memory.buffer);
    }
    used += size + BEHIND;
    return used - size - BEHIND;
  };
  return {
    kernel: exports as PageKernel,
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
    },
    widened(room, wanted, kept = 0) {
      if (room.size >= wanted) return room;
      let size = 4096;
      while (size < wanted) size *= 2;
      const at = begin(size);
      if (kept > 0) bytes.copyWithin(at, room.at, room.at + kept);
      if (room.size > 0) idle.set(room.size, [...(idle.get(room.size) ?? []), room.at]);
      return { at, size };
    },
    copyOut(from, count, target, at) {
      // An array's `set` goes word by word to what threads share, at a third of the speed.
      buffer.copy(target, at, from, from + count);
    },
  };
}
