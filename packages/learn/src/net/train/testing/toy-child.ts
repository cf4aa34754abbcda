/** Trains the toy net with a checkpoint in a file, and says each step to its parent, which may kill it there. */
import { onnxruntimeNode } from "../../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { trainNet } from "../train-net.ts";
import { fileStore } from "./file-store.ts";
import { TOY_NET, toyOptions, toyRows } from "./toy-run.ts";

await trainNet(TOY_NET, toyRows(70, 1), {
  ...toyOptions(onnxruntimeNode),
  checkpoint: fileStore(process.argv[2]!),
  checkpointEvery: 1,
  onStep: ({ step }) => process.send!(step),
  // The fourth epoch is the one in which the parent kills; it is given the time.
  onEpoch: ({ epoch }) => new Promise((resolve) => setTimeout(resolve, epoch < 4 ? 0 : 500)),
});
process.disconnect();
