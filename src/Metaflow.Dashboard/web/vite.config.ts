import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Relative addresses: the dashboard may be mounted below any path, which index.html names in <base>.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    outDir: process.env.DASHBOARD_PAGES ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Everything under assets/, never inline: the content security policy allows no inline code.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": { target: process.env.METAFLOW_UI ?? "http://127.0.0.1:8265" } } },
});
