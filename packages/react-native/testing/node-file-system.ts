import * as fs from "node:fs";
import { basename, join } from "node:path";
import type { ExpoFileHandle, ExpoFileSystem } from "../src/index.ts";

/** Where a path is. */
interface Place {
  readonly path: string;
}

/**
 * `expo-file-system` on a folder of Node's file system, with the manners of the native code of version 57: creating
 * or renaming to what exists throws, removing what does not exist throws, writing goes into the file in place, and
 * nothing is synced.
 */
export function nodeFileSystem(document: string): ExpoFileSystem {
  class NodeFile implements Place {
    path: string;
    constructor(folder: never, name: string) {
      this.path = join((folder as Place).path, name);
    }
    get name(): string {
      return basename(this.path);
    }
    get exists(): boolean {
      return fs.existsSync(this.path);
    }
    create(): void {
      fs.writeFileSync(this.path, "", { flag: "wx" });
    }
    write(content: Uint8Array): void {
      fs.writeFileSync(this.path, content);
    }
    async bytes(): Promise<Uint8Array> {
      return new Uint8Array(await fs.promises.readFile(this.path));
    }
    rename(name: string): void {
      const target = join(this.path, "..", name);
      if (fs.existsSync(target)) throw new Error(`${name} already exists`);
      fs.renameSync(this.path, target);
      this.path = target;
    }
    delete(): void {
      fs.rmSync(this.path);
    }
    open(): ExpoFileHandle {
      const descriptor = fs.openSync(this.path, "r+");
      let offset = 0;
      return {
        get offset() {
          return offset;
        },
        set offset(value) {
          offset = value ?? 0;
        },
        get size() {
          return fs.fstatSync(descriptor).size;
        },
        writeBytes: (bytes) => {
          offset += fs.writeSync(descriptor, bytes, 0, bytes.length, offset);
        },
        close: () => fs.closeSync(descriptor),
      };
    }
  }
  class NodeDirectory implements Place {
    readonly path: string;
    constructor(folder: never, name: string) {
      this.path = join((folder as Place).path, name);
    }
    create({ intermediates }: { intermediates: boolean; idempotent: boolean }): void {
      fs.mkdirSync(this.path, { recursive: intermediates });
    }
    list(): { readonly name: string }[] {
      return fs.readdirSync(this.path).map((name) => ({ name }));
    }
  }
  return { File: NodeFile, Directory: NodeDirectory, Paths: { document: { path: document } } };
}
