import { defineConfig } from "vitest/config";
import react from "@vitejs/plugin-react";

// The built page is served by the Python server from its own package, so it is built into it.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../src/stripchart/server/static",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // plotly, which is loaded on use; what counts is the first load (scripts/size.mjs).
    chunkSizeWarningLimit: 5500,
    manifest: "manifest.json",
    rolldownOptions: {
      output: {
        // A file for each set of parts that share a module would be thirty files before anything is shown.
        codeSplitting: {
          groups: [
            { name: "page", tags: ["$initial"], test: /[\\/]src[\\/](?!main)|node_modules/ },
            { name: "charts", test: /[\\/]src[\\/](charts|tables)[\\/]|[\\/]uplot[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: { "/api": process.env["STRIPCHART_SERVER"] ?? "http://127.0.0.1:8265" },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
