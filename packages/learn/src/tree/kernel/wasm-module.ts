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

/** The prebuilt module, compiled once: for memory that threads share, or for that of one thread. */
export function wasmModule(shared: boolean): Promise<WasmModule> {
  let module = modules.get(shared);
  if (module === undefined) {
    module = webAssembly!.compile(bytesOf(shared));
    modules.set(shared, module);
  }
  return module;
}

/**
 * Whether WebAssembly is here, knows SIMD, and may share memory. A page may do so where it is cross-origin isolated;
 * Hermes has no WebAssembly.
 */
export function wasmOffer(): WasmOffer {
  if (webAssembly === undefined || typeof atob !== "function") {
    return { usable: false, reason: "WebAssembly is not here" };
  }
  if (!webAssembly.validate(bytesOf(false))) return { usable: false, reason: "WebAssembly lacks SIMD here" };
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated;
  if (isolated === false || typeof SharedArrayBuffer !== "function") {
    return { usable: true, shared: false, reason: "memory cannot be shared here (cross-origin isolation)" };
  }
  if (!webAssembly.validate(bytesOf(true))) {
    return { usable: true, shared: false, reason: "WebAssembly lacks threads here" };
  }
  return { usable: true, shared: true, reason: "WebAssembly with SIMD and threads" };
}
