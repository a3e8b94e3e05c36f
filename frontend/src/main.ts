import './styles/base.css'

import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { fetchPages, router } from './router'
import { reread } from './stores/stored'

createApp(App)
  .use(createPinia())
  .use(PiniaColada, { queryOptions: { staleTime: 60_000, gcTime: 600_000 } })
  .use(router)
  .mount('#app')

// a page that comes back from the browser's cache has heard nothing of other tabs
addEventListener('pageshow', (event) => event.persisted && reread())

const IDLE_MS = 3_000
addEventListener('load', () => setTimeout(fetchPages, IDLE_MS))
