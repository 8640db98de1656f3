import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';

/** Builds dist/web, which the server serves; in development it forwards API calls to a running server. */
export default defineConfig(({ mode }) => {
  const target =
    loadEnv(mode, import.meta.dirname, 'COMMANDCENTER_').COMMANDCENTER_URL ?? 'http://127.0.0.1:3000';
  return {
    root: import.meta.dirname,
    plugins: [react(), tailwindcss()],
    build: {
      outDir: '../../dist/web',
      emptyOutDir: true,
      target: 'es2022',
      cssTarget: ['chrome123', 'safari17.5', 'firefox120'],
      // The content security policy allows scripts from files only, so nothing may be inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          // What seldom changes has a file of its own, which browsers keep when a release changes the rest.
          codeSplitting: {
            groups: [{ name: 'vendor', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// }],
          },
        },
      },
    },
    // The server compares the Origin of the page with the Host that is asked for, so that stays as it is.
    server: {
      proxy: Object.fromEntries(
        ['/api', '/login', '/auth'].map((path) => [path, { target, changeOrigin: false }]),
      ),
    },
  };
});
