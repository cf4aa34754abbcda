import { parentPort, workerData } from "node:worker_threads";
import { forestGrower, type ForestJob } from "@tideline/learn/tree/forest";

const grow = forestGrower(workerData as ForestJob);

parentPort!.on("message", (seed: number) => {
  const { tree, leaves } = grow(seed);
  const { sets, width, ...columns } = tree;
  const given = [...Object.values(columns), ...(leaves === undefined ? [] : [leaves])];
  parentPort!.postMessage(
    { tree: { ...columns, sets, width }, leaves },
    given.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
