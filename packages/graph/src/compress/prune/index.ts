export type { ChannelGroup, ChannelMap, ChannelSlice } from "./channel-group.ts";
export { channelMap } from "./channel-group.ts";
export * from "./channel-importance.ts";
export * from "./prune-channels.ts";
export * from "./prune-weights.ts";
export { maskChannels, removeChannels } from "./remove-channels.ts";
