const { getDefaultConfig, mergeConfig } = require("@react-native/metro-config");

const defaults = getDefaultConfig(__dirname);

// A bundle for the bare engine has neither the native modules nor the polyfills of React Native around it.
const bare = {
  serializer: { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] },
};

// The cache must not hand out modules that were lowered otherwise.
defaults.cacheVersion = `lower-${process.env.LOWER ?? "0"}`;

module.exports = process.env.BARE === "1" ? mergeConfig(defaults, bare) : defaults;
