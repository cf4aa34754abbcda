import type { SecureStorage } from "../ports.ts";
import { expectSame, type PortCheck } from "./check.ts";

/** Opens secure storages for a check. */
export interface SecureFactory {
  /** A secure storage without the names `check-a` and `check-b`, and a way to open it anew, as after a restart. */
  create(): Promise<{ readonly secure: SecureStorage; reopen(): Promise<SecureStorage> }>;
}

const who = "secure storage";
const listed = (bytes: Uint8Array | null): readonly number[] | null => bytes && [...bytes];

/** What {@link SecureStorage} promises; that it stays out of backups no program can see from inside. */
export const SECURE_CHECKS: readonly PortCheck<SecureFactory>[] = [
  {
    name: "a value that was never written is null, and removing it is no error",
    run: async (factory) => {
      const { secure } = await factory.create();
      expectSame(who, "read", await secure.read("check-a"), null);
      await secure.remove("check-a");
    },
  },
  {
    name: "values are bytes of any kind, replaced whole, and there after a reopening",
    run: async (factory) => {
      const { secure, reopen } = await factory.create();
      const every = Uint8Array.from({ length: 256 }, (_, index) => index);
      await secure.write("check-a", every);
      await secure.write("check-b", Uint8Array.of(0));
      const again = await reopen();
      expectSame(who, "256 bytes", listed(await again.read("check-a")), listed(every));
      expectSame(who, "another name", listed(await again.read("check-b")), [0]);
      await again.write("check-a", Uint8Array.of(9));
      expectSame(who, "a shorter value", listed(await (await reopen()).read("check-a")), [9]);
    },
  },
  {
    name: "4,096 bytes fit",
    run: async (factory) => {
      const { secure } = await factory.create();
      const large = Uint8Array.from({ length: 4096 }, (_, index) => (index * 31) % 256);
      await secure.write("check-a", large);
      expectSame(who, "4,096 bytes", listed(await secure.read("check-a")), listed(large));
    },
  },
  {
    name: "a removed value is gone, also after a reopening, and the others stay",
    run: async (factory) => {
      const { secure, reopen } = await factory.create();
      await secure.write("check-a", Uint8Array.of(1));
      await secure.write("check-b", Uint8Array.of(2));
      await secure.remove("check-a");
      const again = await reopen();
      expectSame(who, "removed", await again.read("check-a"), null);
      expectSame(who, "the other", listed(await again.read("check-b")), [2]);
    },
  },
  {
    name: "bytes belong to the caller: changing them later changes no value",
    run: async (factory) => {
      const { secure } = await factory.create();
      const mine = Uint8Array.of(5, 1, 2, 5).subarray(1, 3);
      await secure.write("check-a", mine);
      mine[0] = 7;
      const read = await secure.read("check-a");
      read![1] = 7;
      expectSame(who, "read", listed(await secure.read("check-a")), [1, 2]);
    },
  },
];
