// Routes of the app. The server answers each of these paths with the app (api/web.py).
import { createRouter, createWebHistory } from 'vue-router'

import HomePage from './pages/HomePage.vue'
import { useNotices } from './stores/notices'

export const router = createRouter({
  history: createWebHistory(),
  strict: true, // as the server is
  routes: [
    { path: '/', name: 'home', component: HomePage, meta: { title: 'For you' } },
    {
      path: '/list',
      name: 'list',
      component: () => import('./pages/ListPage.vue'),
      meta: { title: 'Your list' },
    },
    {
      path: '/popular',
      name: 'popular',
      component: () => import('./pages/PopularPage.vue'),
      meta: { title: 'Popular' },
    },
    {
      path: '/seasons',
      name: 'seasons',
      component: () => import('./pages/SeasonPage.vue'),
      meta: { title: 'This season' },
    },
    {
      path: '/seasons/:year(\\d{4})/:season(winter|spring|summer|fall)',
      name: 'season',
      component: () => import('./pages/SeasonPage.vue'),
      props: (route) => ({ year: Number(route.params.year), season: route.params.season }),
      meta: { title: 'Season' },
    },
    {
      path: '/taste',
      name: 'taste',
      component: () => import('./pages/TastePage.vue'),
      meta: { title: 'Your taste' },
    },
    {
      path: '/title/:id(\\d+)',
      name: 'title',
      component: () => import('./pages/TitlePage.vue'),
      props: (route) => ({ animeId: Number(route.params.id) }),
      meta: { title: 'Title' },
    },
    {
      path: '/:path(.*)',
      name: 'missing',
      component: () => import('./pages/MissingPage.vue'),
      meta: { title: 'Not found' },
    },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

router.afterEach((to) => {
  document.title = `${to.meta.title as string} · Anime recommendations`
})

// the code of a page failed to load: offline, or replaced by a new build
router.onError((_error, to) => {
  useNotices().show({
    text: `This page didn’t load. ${navigator.onLine ? 'There may be a newer version of the app.' : 'You’re offline.'}`,
    action: {
      label: 'Try again',
      // offline the whole app would be gone
      run: () => void (navigator.onLine ? load(to.fullPath) : router.push(to.fullPath)),
    },
  })
})

function load(address: string): void {
  if (address === location.pathname + location.search + location.hash) location.reload()
  else location.assign(address)
}

/** Preload the code of the other pages, so that they open offline too. */
export function fetchPages(): void {
  for (const { components } of router.getRoutes()) {
    const page: unknown = components?.default
    if (typeof page === 'function') (page as () => Promise<unknown>)().catch(() => undefined)
  }
}
