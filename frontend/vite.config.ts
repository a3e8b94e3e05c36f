import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const API = process.env.API_URL ?? 'http://127.0.0.1:5000'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // the policy of the server allows no inline images or fonts from elsewhere, so each is a file
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': API, '/docs': API } },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
})
