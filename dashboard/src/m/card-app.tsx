import type { UseView } from '@gatehouse/protocols';
import { useCallback, useEffect, useState } from 'react';
import { nameApp } from '../adapters/phone-install.ts';
import type { InstallOffer } from '../adapters/phone-install.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { CardPage } from './card-page.tsx';
import { useCard } from './use-card.ts';

const SignedOut = () => {
  const { t } = useWords();
  return (
    <section className="notice">
      <Mark size={56} />
      <h1>{t('card.signedOut.title')}</h1>
      <p className="quiet">{t('card.signedOut.text')}</p>
      <a className="button main" href="/">
        {t('card.signedOut.go')}
      </a>
    </section>
  );
};

const Loading = () => {
  const { t } = useWords();
  return (
    <section className="skeleton" aria-busy="true">
      <p className="visually-hidden" role="status">
        {t('card.loading')}
      </p>
      <div className="skeleton-card" />
    </section>
  );
};

/** The campus card of one phone. */
export const CardApp = ({
  store,
  keeping,
  install,
}: {
  readonly store: PhoneStore;
  /** Whether the page was kept for a start without a network. */
  readonly keeping: Promise<boolean>;
  readonly install: InstallOffer;
}) => {
  const { t, language } = useWords();
  const [lastUse, setLastUse] = useState<UseView | null>(null);
  const onUse = useCallback((use: UseView) => {
    setLastUse(use);
  }, []);
  const forgetUse = useCallback(() => {
    setLastUse(null);
  }, []);
  const hold = useCard(store, onUse);
  const { load } = hold;
  useTheme(load.state === 'loaded' ? (load.card.me.face?.colour ?? load.card.campus.colour) : null);
  const title = t('phone.title');
  useEffect(() => {
    nameApp(language, title);
  }, [language, title]);
  return (
    <main className="phone">
      {load.state === 'loading' ? <Loading /> : null}
      {load.state === 'signed_out' ? <SignedOut /> : null}
      {load.state === 'failed' ? (
        <ErrorNote error={load.error} onRetry={() => void hold.reload()} />
      ) : null}
      {load.state === 'loaded' ? (
        <CardPage
          store={store}
          card={load.card}
          hold={hold}
          lastUse={lastUse}
          isSignedIn={load.isSignedIn}
          keeping={keeping}
          install={install}
          forgetUse={forgetUse}
        />
      ) : null}
    </main>
  );
};
