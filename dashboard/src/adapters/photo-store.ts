/**
 * The holder's picture: kept on this phone, so that a start without a network shows it too, and
 * asked for again when `tag` says that it is another one. One is kept.
 * @returns undefined where there is none to be had
 */
export const holderPhoto = async (card: string, tag: string): Promise<Blob | undefined> => {
  const cache = await caches.open('gatehouse-photo');
  const name = `/m/photo/${card}/${encodeURIComponent(tag)}`;
  const kept = await cache.match(name);
  if (kept !== undefined) return kept.blob();
  // By its card: somebody else may be signed in, whose picture must not be kept as this one's.
  const fresh = await fetch(`/api/me/photo?card=${card}`);
  if (!fresh.ok) return undefined;
  for (const old of await cache.keys()) await cache.delete(old);
  await cache.put(name, fresh.clone());
  return fresh.blob();
};
