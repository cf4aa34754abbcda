import type { FloatArray } from "../../matrix.ts";
import { instantiate, webAssembly } from "../../tree/kernel/web-assembly.ts";
import { LANE_KERNELS } from "./generated/lane-kernels.ts";

/** The functions of `kernel/source/lane.as`. */
interface Exports {
  addMoments(from: number, count: number): void;
  fillNumbers(from: number, into: number, count: number, fill: number): void;
  scaleNumbers(from: number, into: number, count: number, shift: number, rest: number, scale: number): void;
}

/** Loops over numbers that stand side by side in rooms. TypeScript's own give the same to the bit. */
export interface LaneKernel extends Exports {
  /** Where the number `at` of a room stands; -1 for arrays elsewhere. */
  address(values: FloatArray, at: number): number;
  /** [5]: the moments that `addMoments` goes on from: count, shift, mean, squares, whether the last block had gaps. */
  readonly moments: Float64Array;
  /** A room that stays here, filled before each use. */
  readonly block: Float64Array;
}

/** Numbers of a room: 128 KiB, of which some stay in the second cache, and many enough for calls not to count. */
export const ROOM = 16_384;

/** One number more than a room has may be written. */
const ROOM_BYTES = ROOM * 8 + 64;

/** As the source has them: where moments stand, and what comes before rooms. */
const [MOMENTS, BEFORE] = [512, 16_384];

const [WASM_PAGE, PAGES] = [65_536, 34];

let kernel: LaneKernel | null | undefined;
let idle: Float64Array<ArrayBufferLike>[] = [];

/** The loops, or null where there is no WebAssembly with SIMD (Hermes, strict pages). */
export function laneKernel(): LaneKernel | null {
  if (kernel !== undefined) return kernel;
  kernel = null;
  if (webAssembly === undefined || typeof atob !== "function") return null;
  try {
    const module = new webAssembly.Module(Uint8Array.from(atob(LANE_KERNELS), (one) => one.charCodeAt(0)));
    const memory = new webAssembly.Memory({ initial: PAGES, maximum: PAGES });
    // It never grows, so that views of it stay good.
    const { buffer } = memory;
    const count = Math.trunc((PAGES * WASM_PAGE - BEFORE) / ROOM_BYTES);
    const rooms = Array.from({ length: count }, (_, at) => {
      return new Float64Array(buffer, BEFORE + at * ROOM_BYTES, ROOM);
    });
    idle = rooms.slice(1);
    kernel = {
      ...(instantiate(module, memory) as Exports),
      address: (values, at) =>
        values.buffer === buffer && values instanceof Float64Array ? values.byteOffset + at * 8 : -1,
      moments: new Float64Array(buffer, MOMENTS, 5),
      block: rooms[0]!,
    };
  } catch {
    // A page's policy, or no SIMD: TypeScript gives the same numbers.
  }
  return kernel;
}

/** An array of {@link ROOM} numbers, one that kernels reach while there are any. What it holds is left of others. */
export function takeRoom(): Float64Array<ArrayBufferLike> {
  laneKernel();
  return idle.pop() ?? new Float64Array(ROOM);
}

/** Gives a room back, for the next one to take. */
export function giveRoom(room: Float64Array<ArrayBufferLike>): void {
  if (kernel?.address(room, 0) !== -1) idle.push(room);
}

interface Bytes {
  copy(target: Bytes, at: number, from: number, to: number): void;
}
const Buffers = (
  globalThis as unknown as {
    readonly Buffer?: { from(room: ArrayBufferLike, at: number, length: number): Bytes };
  }
).Buffer;

const bytesOf = ({ buffer, byteOffset, byteLength }: FloatArray): Bytes =>
  Buffers!.from(buffer, byteOffset, byteLength);

/** Writes numbers `from` to `to` to the front of a room. */
export function copyNumbers(
  values: FloatArray,
  from: number,
  to: number,
  room: Float64Array<ArrayBufferLike>,
): void {
  // What threads share is copied word by word, at a third of the speed, but by Node's buffers.
  const slow = Buffers !== undefined && values instanceof Float64Array && isShared(values.buffer);
  if (slow) bytesOf(values).copy(bytesOf(room), 0, from * 8, to * 8);
  else room.set(values.subarray(from, to));
}

function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}
