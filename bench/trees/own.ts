import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { forgetPeak, residentBytes } from "../side/memory.ts";
import { readPart, type LoadedPart } from "./data-file.ts";
import type { OpenCall, SideCall, SideReply } from "./message.ts";
import { trainOwn, type OwnModel } from "./own-model.ts";

/** Our side of bench/trees.ts: one call a line in, one answer a line out. */
const imported = residentBytes("VmRSS");
let open: OpenCall | undefined;
let train: LoadedPart | undefined;
let model: OwnModel | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line) as SideCall;
  let reply: SideReply[SideCall["do"]];
  if (call.do === "open") {
    open = call;
    if (call.from === "columns") train = readPart(call.files.train, call.files.columns);
    reply = { version: `node ${process.version}`, imported, loaded: residentBytes("VmRSS") };
  } else if (call.do === "train") {
    forgetPeak();
    const [before, started] = [process.cpuUsage(), performance.now()];
    model = await trainOwn(open!, train, call.setting, call.seed);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(before);
    reply = { seconds, cpu: (user + system) / 1e6, peak: residentBytes("VmHWM") };
  } else {
    const held = readPart(open!.files.held, open!.files.columns);
    const started = performance.now();
    const predicted = model!.predict(held.columns);
    reply = { seconds: (performance.now() - started) / 1000 };
    writeFileSync(call.out, new Uint8Array(predicted.buffer, predicted.byteOffset, predicted.byteLength));
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
