import { expect, test } from "vitest";
import { movableConditions } from "../testing/node-expo.ts";
import { followAppState } from "./app-state.ts";

test("sends on the way out, sends and updates on the way in, one round at a time", async () => {
  const { appState, moveApp, subscriptions } = movableConditions({ network: {}, battery: 0, app: "active" });
  const calls: string[] = [];
  let release: () => void = () => {};
  const client = {
    flush: async () => {
      calls.push("flush");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return {} as never;
    },
    update: async (model?: string) => {
      calls.push(`update ${model}`);
      return {} as never;
    },
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  const following = followAppState({ client, appState, models: ["a", "b"] });
  moveApp("inactive");
  expect(calls).toEqual([]);
  moveApp("background");
  moveApp("active");
  expect(calls).toEqual(["flush"]);
  release();
  await settle();
  moveApp("active");
  release();
  await settle();
  expect(calls).toEqual(["flush", "flush", "update a", "update b"]);
  following.remove();
  expect(subscriptions()).toBe(0);
});
