// Keeps the guided stretch for when there is no network. It keeps pages as they are for everyone, never an answer.
const KEEP = "crampwise-__MARK__";
const PAGES = __KEPT__;
const fresh = (address) => new Request(address, { credentials: "omit", cache: "no-cache" });

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

async function keepAll() {
  const store = await caches.open(KEEP);
  await store.addAll(PAGES.map(fresh));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()));
});

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((n) => n.startsWith("crampwise-") && n !== KEEP).map((n) => caches.delete(n)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin || pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (request.method === "GET") event.respondWith(asset(request));
});

async function page(request, pathname) {
  const sent = request.method === "POST" ? request.clone() : null;
  try {
    return await fetch(request);
  } catch {
    return sent ? answered(sent, pathname) : (await kept(pathname)) ?? kept("__OFFLINE__");
  }
}

async function asset(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match(request);
    if (found) return found;
    throw error;
  }
}

const kept = (address) => caches.match(address, { ignoreVary: true });
const lead = (address) => Response.redirect(address, 303);

// Without the server only one thing can be told: no to every question means go, anything else means do not.
async function answered(request, pathname) {
  if (!pathname.startsWith("/relieve/")) return kept("__OFFLINE__");
  if (pathname.endsWith("/again")) return lead(pathname.replace(/\/again$/, ""));
  const form = await request.formData();
  const asked = new Set([...form.keys()].filter((k) => k.startsWith("q")).map((k) => k.slice(1)));
  const said = [...asked].map((i) => form.get(`g${i}`));
  if (said.includes("yes") || said.includes("not_sure")) return lead("__STOP__");
  if (!asked.size || said.includes(null)) return lead(pathname);
  return lead(pathname.replace("/relieve/", "/relieve/copy/"));
}
