/**
 * The new value, with those of its fields that say the same as before taken from the old one. A component that
 * compares its properties by identity is then drawn again only when something in it changed.
 */
export function keepEqual<Value extends object>(before: Value | null, now: Value): Value {
  if (before === null) return now;
  const kept = (Object.keys(now) as (keyof Value)[]).map((key) => {
    const same = JSON.stringify(before[key]) === JSON.stringify(now[key]);
    return [key, same ? before[key] : now[key]] as const;
  });
  return Object.fromEntries(kept) as Value;
}
