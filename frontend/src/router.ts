// Which page an address shows. The server answers each of these paths with the app (api/web.py).
import { createRouter, createWebHistory } from 'vue-router'

import HomePage from './pages/HomePage.vue'

export const router = createRouter({
  history: createWebHistory(),
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
