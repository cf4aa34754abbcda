/** A memory, as WebAssembly's JavaScript interface has it. */
export interface WasmMemory {
  /** Once shared memory has grown, a longer buffer over the same bytes. */
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

/** A compiled module; it can be posted to a worker. */
export type WasmModule = object;

interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number; maximum: number; shared?: boolean }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => {
    readonly exports: unknown;
  };
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  compile(bytes: Uint8Array): Promise<WasmModule>;
  validate(bytes: Uint8Array): boolean;
}

/** What this place calls WebAssembly; undefined where it has none. Types of browsers are not known everywhere. */
export const webAssembly = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi }).WebAssembly;

/** An instance's exports. */
export function instantiate(module: WasmModule, memory: WasmMemory): unknown {
  return new webAssembly!.Instance(module, { env: { memory } }).exports;
}
