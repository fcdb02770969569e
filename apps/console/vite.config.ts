import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev -w @socle/console` shows the sources live, with the API of a Socle that runs beside it. */
const api = process.env.SOCLE_URL ?? 'http://127.0.0.1:5000';

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react(), tailwind()],
  server: { proxy: { '/api': api } },
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // The CSP allows no data: URL but for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
});
