import { createResampler, type Resampled } from "@tideline/device";

const DEGREES = Math.PI / 180;
/** Standard gravity: browsers speak of m/s2, the activity app of g. */
const GRAVITY = 9.80665;
const RATE = 50;

/** Hands even samples of six channels on; the function that it resolves to stops the source. */
export type MotionSource = (take: (part: Resampled) => void) => Promise<() => void>;

/** What Safari has to ask the person. */
interface AskingMotion {
  readonly requestPermission?: () => Promise<"granted" | "denied">;
}

/** The device's own sensors, made even. Browsers give them in a secure context, and Safari after a question. */
export const deviceMotion: MotionSource = async (take) => {
  if (typeof DeviceMotionEvent === "undefined") throw new Error("This browser has no motion sensors.");
  const answer = await (DeviceMotionEvent as AskingMotion).requestPermission?.();
  if (answer === "denied") throw new Error("You did not let this page read motion.");
  const resampler = createResampler({ channels: 6, rate: RATE });
  const listen = (event: DeviceMotionEvent): void => {
    const { accelerationIncludingGravity: a, rotationRate: r } = event;
    const values = [a?.x, a?.y, a?.z].map((value) => (value ?? Number.NaN) / GRAVITY);
    const turn = [r?.beta, r?.gamma, r?.alpha].map((value) => (value ?? Number.NaN) * DEGREES);
    const part = resampler.push(event.timeStamp, [...values, ...turn]);
    if (part !== null) take(part);
  };
  addEventListener("devicemotion", listen);
  return () => removeEventListener("devicemotion", listen);
};

/** A made-up walk, for a machine without sensors: two steps a second over gravity. Says nothing about a model. */
export const pretendedWalk: MotionSource = async (take) => {
  let start = 0;
  const tick = (): void => {
    const samples = 32;
    const values = new Float32Array(samples * 6);
    for (let sample = 0; sample < samples; sample += 1) {
      const phase = (2 * Math.PI * 2 * (start + sample)) / RATE;
      const row = [1 + 0.3 * Math.sin(phase), 0.15 * Math.cos(phase), 0.1 * Math.sin(2 * phase)];
      values.set([...row, 0.4 * Math.cos(phase), 0.2 * Math.sin(phase), 0], sample * 6);
    }
    take({ start, values });
    start += samples;
  };
  const timer = setInterval(tick, (32 / RATE) * 1000);
  return () => clearInterval(timer);
};
