/* Keeps the card page so that it opens without a network. Each build writes its version and files
   here; what the page shows of a person lies in the page's own store, not in this cache. */
const cacheName = 'gatehouse-card-__VERSION__';
const page = '/m/';
const files = ['__FILES__'];
const assets = [
  '/browser-check.js',
  '/favicon.svg',
  '/m/manifest.webmanifest',
  '/m/manifest-en.webmanifest',
];
const pageWaitMs = 1000;

const keep = async () => {
  const cache = await caches.open(cacheName);
  await cache.addAll([page, ...files, ...assets]);
  await self.skipWaiting();
};

const dropOld = async () => {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('gatehouse-card-') && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
};

const fromNetwork = async (request) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), pageWaitMs);
  try {
    return await fetch(request, { signal: abort.signal });
  } finally {
    clearTimeout(timer);
  }
};

/** The page itself: the newest where a network answers soon, else the kept one. */
const answerPage = async (request) => {
  const kept = await caches.match(page);
  try {
    const fresh = await fromNetwork(request);
    return fresh.ok || kept === undefined ? fresh : kept;
  } catch (error) {
    if (kept === undefined) throw error;
    return kept;
  }
};

const answerFile = async (request) => (await caches.match(request)) ?? fetch(request);

self.addEventListener('install', (event) => event.waitUntil(keep()));
self.addEventListener('activate', (event) => event.waitUntil(dropOld()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/api/')) return;
  event.respondWith(request.mode === 'navigate' ? answerPage(request) : answerFile(request));
});
