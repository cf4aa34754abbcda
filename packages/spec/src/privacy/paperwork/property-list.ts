/** What a property list holds here. */
export type PropertyValue =
  | string
  | boolean
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue };

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function element(value: PropertyValue, indent: string): string {
  if (typeof value === "string") return `${indent}<string>${escape(value)}</string>`;
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  const inner = `${indent}\t`;
  if (Array.isArray(value)) {
    if (value.length === 0) return `${indent}<array/>`;
    const items = (value as readonly PropertyValue[]).map((item) => element(item, inner));
    return `${indent}<array>\n${items.join("\n")}\n${indent}</array>`;
  }
  const members = Object.entries(value).map(
    ([key, member]) => `${inner}<key>${escape(key)}</key>\n${element(member, inner)}`,
  );
  return `${indent}<dict>\n${members.join("\n")}\n${indent}</dict>`;
}

/** An XML property list, version 1.0 (http://www.apple.com/DTDs/PropertyList-1.0.dtd). */
export function propertyList(value: PropertyValue): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    element(value, ""),
    "</plist>",
    "",
  ].join("\n");
}
