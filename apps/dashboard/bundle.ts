/**
 * Bundles the page for production: `node bundle.ts OUT_FOLDER`. It makes `index.html`, hashed files in `assets/` and the
 * licences of what is bundled; nothing inline, so that a strict content security policy holds. `build.ts` runs it in a process of its own: a
 * bundler takes hundreds of megabytes, which the process that serves the page would keep. Silent unless it fails.
 */
import react from "@vitejs/plugin-react";
import { build } from "vite";

await build({
  root: import.meta.dirname,
  configFile: false,
  mode: "production",
  logLevel: "error",
  plugins: [react()],
  build: {
    outDir: process.argv[2]!,
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // What is bundled asks that its licence goes along.
    license: { fileName: "licenses.md" },
    rolldownOptions: {
      output: {
        // React and the charts change rarely: their own file stays in the browser's cache.
        codeSplitting: { groups: [{ name: "vendor", test: /node_modules/ }] },
      },
    },
  },
});
