/** A process that trains and releases on the first study in the folder of its argument; tests kill it on the way. */
import { trainAndRelease } from "../train-and-release.ts";
import { firstStudy } from "./first-study.ts";
import { openPoseLoop } from "./open-pose-loop.ts";

const loop = await openPoseLoop(() => undefined, { folder: process.argv[2]! });
const snapshot = await loop.snapshot(firstStudy());
await trainAndRelease(loop.context, await loop.request(snapshot));
