import { expect, test } from "vitest";
import { addressSource } from "./address-source.ts";

test("one source is an IPv4 address or a /64, however it is written", () => {
  expect(addressSource("192.0.2.7")).toBe("192.0.2.7");
  expect(addressSource("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(addressSource("::FFFF:192.0.2.7")).toBe("192.0.2.7");
  for (const same of ["2001:db8::1", "2001:DB8:0:0:ffff::2", "2001:0db8:0000:0000:1:2:3:4", "2001:db8::"])
    expect(addressSource(same)).toBe("2001:db8:0:0");
  expect(addressSource("2001:db8:0:1::1")).toBe("2001:db8:0:1");
  expect(addressSource("fe80::1%eth0")).toBe("fe80:0:0:0");
  expect(addressSource("::1")).toBe("0:0:0:0");
  expect(addressSource("64:ff9b::192.0.2.7")).toBe("64:ff9b:0:0");
  expect(addressSource("1:2:3:4:5:6:7:8")).toBe("1:2:3:4");
  expect(addressSource("unix")).toBe("unix");
});
