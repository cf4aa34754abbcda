// `LOWER=1` lowers for Hermes 0.12, the newest engine that npm has as a program: it has no classes and no block scopes.
module.exports = {
  presets: [
    [
      "module:@react-native/babel-preset",
      process.env.LOWER === "1" ? { unstable_transformProfile: "default" } : {},
    ],
  ],
};
