import * as fc from "fast-check";
import { expect, test } from "vitest";
import { truncateAddress } from "./truncate-address.ts";

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["0.0.0.0", "0.0.0.0/24"],
  ["2001:db8:1:2::3", "2001:db8:1::/48"],
  ["2001:DB8:0001:ffff:ffff:ffff:ffff:ffff", "2001:db8:1::/48"],
  ["2001:db8::3", "2001:db8::/48"],
  ["::1", "::/48"],
  ["::", "::/48"],
  ["1:2:3:4:5:6:7::", "1:2:3::/48"],
  ["fe80::1%eth0", "fe80::/48"],
  ["0:0:1::5", "0:0:1::/48"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["::ffff:cb00:714d", "203.0.113.0/24"],
  ["2002:cb00:714d:1::1", "203.0.113.0/24"],
  ["64:ff9b::203.0.113.77", "64:ff9b::/48"],
])("%s is shown as %s", (address, network) => {
  expect(truncateAddress(address)).toBe(network);
});

test.each([
  "",
  "localhost",
  "203.0.113",
  "203.0.113.256",
  "203.0.113.77.1",
  "203.0.113.77:80",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1::2::3",
  "::12345",
  "::1.2.3.999",
  "g::",
  ":::",
  "1:2:3:4:5:6:7:8::",
])("%j is no address and gives nothing", (address) => {
  expect(truncateAddress(address)).toBeNull();
});

test("any two hosts of a network look the same, and hosts of two networks do not", () => {
  const byte = fc.nat(255);
  fc.assert(
    fc.property(byte, byte, byte, byte, byte, (a, b, c, first, second) => {
      const shown = truncateAddress(`${a}.${b}.${c}.${first}`);
      expect(shown).toBe(truncateAddress(`${a}.${b}.${c}.${second}`));
      expect(shown).not.toBe(truncateAddress(`${a}.${b}.${c ^ 1}.${first}`));
    }),
  );
  const group = fc.nat(0xffff);
  const network = fc.tuple(
    group.filter((value) => value !== 0x2002 && value !== 0),
    group,
    group,
  );
  const host = fc.array(group, { minLength: 5, maxLength: 5 });
  const text = (groups: readonly number[]): string => groups.map((value) => value.toString(16)).join(":");
  fc.assert(
    fc.property(network, host, host, (prefix, first, second) => {
      const shown = truncateAddress(text([...prefix, ...first]));
      expect(shown).toBe(truncateAddress(text([...prefix, ...second])));
      expect(shown).toMatch(/::\/48$/);
      const [high, middle, low] = prefix;
      expect(shown).not.toBe(truncateAddress(text([high, middle, low ^ 1, ...first])));
    }),
  );
});
