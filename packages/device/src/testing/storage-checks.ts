import { tidelineError } from "@tideline/spec";
import type { Storage } from "../ports.ts";

/** Opens storages for a check. */
export interface StorageFactory {
  /** A storage with nothing in it, and a way to open the same files anew, as after a restart. */
  create(): Promise<{ readonly storage: Storage; reopen(): Promise<Storage> }>;
}

/** One promise of {@link Storage}; `run` throws `CHECK_FAILED` where it is broken. */
export interface StorageCheck {
  readonly name: string;
  run(factory: StorageFactory): Promise<void>;
}

function expectBytes(what: string, received: Uint8Array | null, expected: readonly number[] | null): void {
  const text = (bytes: readonly number[] | null) => (bytes === null ? "no file" : `[${bytes.join(" ")}]`);
  const actual = received === null ? null : [...received];
  if (text(actual) === text(expected)) return;
  throw tidelineError("CHECK_FAILED", {
    who: "storage",
    field: what,
    expected: text(expected),
    received: text(actual),
  });
}

function expectNames(what: string, received: readonly string[], expected: readonly string[]): void {
  if (received.join() === expected.join()) return;
  throw tidelineError("CHECK_FAILED", {
    who: "storage",
    field: what,
    expected: expected.join() || "no names",
    received: received.join() || "no names",
  });
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/**
 * The conformance suite of {@link Storage}: an adapter passes when every check runs through.
 *
 * @example for (const check of STORAGE_CHECKS) test(check.name, () => check.run(factory));
 */
export const STORAGE_CHECKS: readonly StorageCheck[] = [
  {
    name: "a file that was never written is null, and removing it is no error",
    run: async (factory) => {
      const { storage } = await factory.create();
      expectBytes("read", await storage.read("nothing.json"), null);
      await storage.remove("nothing.json");
      expectNames("list", await storage.list(""), []);
    },
  },
  {
    name: "appends come one after the other, also after a reopening",
    run: async (factory) => {
      const { storage, reopen } = await factory.create();
      await storage.append("a.log", bytes(1, 2));
      await storage.append("a.log", bytes(3));
      expectBytes("read", await storage.read("a.log"), [1, 2, 3]);
      const again = await reopen();
      await again.append("a.log", bytes(4));
      expectBytes("read after reopening", await again.read("a.log"), [1, 2, 3, 4]);
    },
  },
  {
    name: "an empty append makes an empty file",
    run: async (factory) => {
      const { storage } = await factory.create();
      await storage.append("a.log", bytes());
      expectBytes("read", await storage.read("a.log"), []);
    },
  },
  {
    name: "a write replaces the whole file, also one that was appended to, also by a shorter one",
    run: async (factory) => {
      const { storage, reopen } = await factory.create();
      await storage.append("a.log", bytes(1, 2, 3));
      await storage.write("a.log", bytes(9));
      expectBytes("read", await storage.read("a.log"), [9]);
      await storage.append("a.log", bytes(8));
      expectBytes("read after reopening", await (await reopen()).read("a.log"), [9, 8]);
    },
  },
  {
    name: "a removed file is gone, also after a reopening, and can be written again",
    run: async (factory) => {
      const { storage, reopen } = await factory.create();
      await storage.write("a.json", bytes(1));
      await storage.remove("a.json");
      expectBytes("read", await storage.read("a.json"), null);
      const again = await reopen();
      expectBytes("read after reopening", await again.read("a.json"), null);
      await again.append("a.json", bytes(2));
      expectBytes("read after writing again", await again.read("a.json"), [2]);
    },
  },
  {
    name: "names are listed by prefix, sorted, without leftovers of replaced files",
    run: async (factory) => {
      const { storage } = await factory.create();
      for (const name of ["journal-00000010.log", "queue.json", "journal-00000002.log", "journal.json"]) {
        await storage.write(name, bytes(1));
        await storage.write(name, bytes(2));
      }
      expectNames("list", await storage.list("journal-"), ["journal-00000002.log", "journal-00000010.log"]);
      expectNames("list of all", await storage.list(""), [
        "journal-00000002.log",
        "journal-00000010.log",
        "journal.json",
        "queue.json",
      ]);
    },
  },
  {
    name: "bytes belong to the caller: changing them later changes no file, and reads are copies",
    run: async (factory) => {
      const { storage } = await factory.create();
      const mine = bytes(1, 2);
      await storage.write("a.json", mine);
      mine[0] = 7;
      const read = await storage.read("a.json");
      expectBytes("read", read, [1, 2]);
      read![1] = 7;
      expectBytes("second read", await storage.read("a.json"), [1, 2]);
    },
  },
  {
    name: "a view into a larger buffer is written as what it shows",
    run: async (factory) => {
      const { storage } = await factory.create();
      const view = bytes(0, 1, 2, 3, 4).subarray(1, 3);
      await storage.append("a.log", view);
      await storage.write("b.json", view);
      expectBytes("appended", await storage.read("a.log"), [1, 2]);
      expectBytes("written", await storage.read("b.json"), [1, 2]);
    },
  },
  {
    name: "calls for different names may overlap",
    run: async (factory) => {
      const { storage } = await factory.create();
      const names = Array.from({ length: 8 }, (_, index) => `file-${index}.log`);
      await Promise.all(names.map((name, index) => storage.append(name, bytes(index))));
      await Promise.all(names.map((name, index) => storage.append(name, bytes(index + 100))));
      for (let index = 0; index < names.length; index += 1) {
        expectBytes(names[index]!, await storage.read(names[index]!), [index, index + 100]);
      }
    },
  },
];
