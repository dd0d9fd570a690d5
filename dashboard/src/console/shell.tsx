import { Link, Outlet } from '@tanstack/react-router';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { Account } from './account.tsx';
import { Behind } from './behind.tsx';
import { useConsole, useLive } from './console-context.ts';
import { Nav } from './nav.tsx';

const Screen = () => {
  const { t } = useWords();
  const { live } = useConsole();
  const { picture, error } = useLive();
  if (picture !== null) return <Outlet />;
  if (error !== null) return <ErrorNote error={error} onRetry={live.reload} />;
  return (
    <div className="screen-wait" aria-busy="true">
      <p className="visually-hidden" role="status">
        {t('console.loading')}
      </p>
      <i />
      <i />
      <i />
    </div>
  );
};

/** Navigation, who is here, and whether what is drawn is still true. */
export const Shell = () => {
  const { t, pick } = useWords();
  const { campus } = useConsole();
  return (
    <div className="shell">
      <a className="skip" href="#screen">
        {t('nav.skip')}
      </a>
      <header className="bar">
        <Link to="/" className="brand">
          <Mark size={28} />
          <span className="brand-words">
            <strong>{t('product')}</strong>
            <span className="quiet">{pick(campus.name)}</span>
          </span>
        </Link>
        <Account />
      </header>
      <Nav />
      <div className="main-column">
        <Behind />
        <main id="screen" className="screen" tabIndex={-1}>
          <Screen />
        </main>
      </div>
    </div>
  );
};
