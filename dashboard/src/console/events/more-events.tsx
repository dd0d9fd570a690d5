import { useEffect, useRef } from 'react';
import { useWords } from '../../i18n/i18n.ts';

const aheadPx = 600;

/** Loads on before the end is reached; the button is for the keyboard and for slow networks. */
export const MoreEvents = ({
  hasMore,
  isLoading,
  onMore,
  word = 'events.more',
}: {
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly onMore: () => void;
  /** Key of what the button says. */
  readonly word?: string;
}) => {
  const { t } = useWords();
  const button = useRef<HTMLButtonElement>(null);
  const more = useRef(onMore);
  useEffect(() => {
    more.current = onMore;
  });
  useEffect(() => {
    if (button.current === null || !hasMore || isLoading) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) more.current();
      },
      { rootMargin: `${aheadPx}px` },
    );
    observer.observe(button.current);
    return () => {
      observer.disconnect();
    };
  }, [hasMore, isLoading]);
  if (!hasMore) return null;
  return (
    <button ref={button} type="button" className="button" disabled={isLoading} onClick={onMore}>
      {t(isLoading ? 'events.loading' : word)}
    </button>
  );
};
