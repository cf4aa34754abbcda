import {
  batchNorm,
  channelsFirst,
  conv1d,
  dense,
  dropout,
  globalAveragePool,
  maxPool1d,
  relu,
  sequential,
  type Net,
} from "@tideline/learn/net";
import { ACTIVITIES, WINDOW } from "./motion.ts";

const layers = sequential(
  channelsFirst(),
  conv1d({ channels: 16, size: 5, padding: "same", bias: false }),
  batchNorm(),
  relu(),
  maxPool1d({ size: 2 }),
  conv1d({ channels: 32, size: 5, padding: "same", bias: false }),
  batchNorm(),
  relu(),
  globalAveragePool(),
  dropout({ rate: 0.2 }),
  dense({ units: 32, activation: "relu" }),
  dense({ units: ACTIVITIES.length }),
);

/** Two convolutions over a window, their mean over time, and two dense layers: activity from motion. */
export const MOTION_NET: Net = {
  inputs: [{ name: "window", elementType: "float32", dims: [WINDOW.samples, WINDOW.channels] }],
  forward: (scope, { window }) => layers(scope, window!),
};

/** The parameters that stay when only the head is trained are all but the dense layers'. */
export const isHead = (name: string): boolean => name.startsWith("dense");
