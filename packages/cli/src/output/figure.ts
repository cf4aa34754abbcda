/** How values are written for people. */

/** First characters of a content address: enough to tell a folder's own apart. */
export const shortId = (id: string | null): string => (id === null ? "-" : id.slice(0, 12));

/** A moment, in milliseconds since 1970, as local date and time. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":")}`;
}

/** A whole number with its thousands apart. */
export const count = (value: number): string => value.toLocaleString("en-GB");

/** Bytes, in the unit in which they are below 1,000. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const unit = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  return unit === 0 ? `${value} B` : `${(value / 1000 ** unit).toFixed(1)} ${units[unit]}`;
}

/** A figure of a record of metrics to three places, or a dash where it holds none. */
export function metric(metrics: unknown, name: string): string {
  const value = (metrics as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === "number" ? value.toFixed(3) : "-";
}

/** Words for a number of things. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
