import { messageOf, tidelineError } from "@tideline/spec";
import { SHARED_KERNELS } from "./generated/shared-kernels.ts";
import { SINGLE_KERNELS } from "./generated/single-kernels.ts";
import { webAssembly, type WasmModule } from "./web-assembly.ts";

/** What a place offers to kernels in WebAssembly. */
export type WasmOffer =
  | { readonly usable: true; readonly shared: boolean; readonly reason: string }
  | { readonly usable: false; readonly reason: string };

const modules = new Map<boolean, Promise<WasmModule>>();

function bytesOf(shared: boolean): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(shared ? SHARED_KERNELS : SINGLE_KERNELS), (letter) => letter.charCodeAt(0));
}

/**
 * The prebuilt module, compiled once: for memory that threads share, or for that of one thread. One that could not be
 * compiled is tried again by the next caller.
 *
 * @throws UNAVAILABLE where the place refuses to compile, with its cause.
 */
export function wasmModule(shared: boolean): Promise<WasmModule> {
  let module = modules.get(shared);
  if (module === undefined) {
    module = compiled(shared);
    modules.set(shared, module);
  }
  return module;
}

async function compiled(shared: boolean): Promise<WasmModule> {
  try {
    return await webAssembly!.compile(bytesOf(shared));
  } catch (cause) {
    modules.delete(shared);
    throw tidelineError("UNAVAILABLE", {
      who: "tree kernels",
      field: "module",
      expected: "WebAssembly that may be compiled",
      received: messageOf(cause),
      remedy: "A page allows it by 'wasm-unsafe-eval' in its content security policy",
      cause,
    });
  }
}

/** A module of nothing. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Why nothing may be compiled here, though WebAssembly is: content security policies of pages say so. */
function refusal(): string | undefined {
  try {
    return void new webAssembly!.Module(EMPTY);
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Whether WebAssembly is here, may be compiled, knows SIMD, and may share memory. A page may do so where it is cross-origin isolated;
 * Hermes has no WebAssembly.
 */
export function wasmOffer(): WasmOffer {
  if (webAssembly === undefined || typeof atob !== "function") {
    return { usable: false, reason: "WebAssembly is not here" };
  }
  if (!webAssembly.validate(bytesOf(false))) return { usable: false, reason: "WebAssembly lacks SIMD here" };
  const refused = refusal();
  if (refused !== undefined) {
    return { usable: false, reason: `WebAssembly may not be compiled here: ${refused}` };
  }
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  if (isolated === false || typeof SharedArrayBuffer !== "function") {
    return { usable: true, shared: false, reason: "memory cannot be shared here (cross-origin isolation)" };
  }
  if (!webAssembly.validate(bytesOf(true))) {
    return { usable: true, shared: false, reason: "WebAssembly lacks threads here" };
  }
  return { usable: true, shared: true, reason: "WebAssembly with SIMD and threads" };
}
