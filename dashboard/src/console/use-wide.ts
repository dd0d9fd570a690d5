import { useEffect, useState } from 'react';

/** True where the window is at least this wide. */
export const useWide = (fromPx: number): boolean => {
  const query = `(min-width: ${fromPx}px)`;
  const [isWide, setWide] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const follow = (): void => {
      setWide(media.matches);
    };
    media.addEventListener('change', follow);
    return () => {
      media.removeEventListener('change', follow);
    };
  }, [query]);
  return isWide;
};
