/** A process that owns the folder of its argument until its standard input ends; run by tests. */
import { messageOf } from "@tideline/spec";
import { ownFolder } from "../owner.ts";

try {
  const owner = await ownFolder(process.argv[2]!, { command: "tideline hold" });
  await owner.announce({ console: "http://127.0.0.1:4600", collect: null, token: "secret" });
  console.log(`epoch ${owner.epoch}`);
  process.stdin.resume().on("end", () => owner.release());
} catch (error) {
  console.log(messageOf(error));
}
