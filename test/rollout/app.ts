import { defineApp, updateEvent } from "@tideline/spec";
import { app as poseApp, pose } from "../../packages/pipeline/src/dataset/testing/pose-app.ts";

/** The pose app, whose phones report their updates, and whose releases reach half of the phones first. */
export const app = defineApp({
  name: "pose",
  purposes: poseApp.purposes,
  events: [...Object.values(poseApp.events), updateEvent({ purpose: "research", retain: "90d" })],
  views: [],
  models: [{ ...pose, rollout: { shares: [0.5, 1], each: 0, minPhones: 3, mostFailing: 0.1 } }],
});
