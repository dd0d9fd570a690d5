import { Suspense, useState } from 'react';
import { useWords } from '../i18n/i18n.ts';
import { lazyPart } from './lazy-part.tsx';
import type { Card } from './load-card.ts';
import type { ShownPass } from './use-pass.ts';

const DemoHold = lazyPart(async () => (await import('./demo-hold.tsx')).DemoHold);

/** Demo: what a hand would do. Holds the shown code, or what else one carries, before a reader. */
export const DemoScanner = ({
  card,
  pass,
}: {
  readonly card: Card;
  /** Null where this phone shows none. */
  readonly pass: ShownPass | null;
}) => {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="demo"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>{t('demo.hold')}</summary>
      {isOpen ? (
        <Suspense fallback={<p aria-busy="true" />}>
          <DemoHold card={card} pass={pass} />
        </Suspense>
      ) : null}
    </details>
  );
};
