import { browser } from "./browser.ts";
import { native } from "./native.ts";
import { phone } from "./phone.ts";
import { runtime } from "./runtime.ts";
import { store } from "./store.ts";
import type { UntriedArea } from "./untried.ts";

/** Every area, in the order of the page. */
export const UNTRIED: readonly UntriedArea[] = [phone, runtime, native, browser, store];
