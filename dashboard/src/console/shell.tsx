import type { Role } from '@gatehouse/protocols';
import { Link, Outlet } from '@tanstack/react-router';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { Account } from './account.tsx';
import { Behind } from './behind.tsx';
import { useConsole, useLive, usePicture } from './console-context.ts';
import { NavIcon } from './nav-icon.tsx';
import type { NavName } from './nav-icon.tsx';
import { troublesIn } from './trouble.ts';

type NavRow = {
  readonly name: NavName;
  readonly to:
    | '/'
    | '/doors'
    | '/devices'
    | '/profiles'
    | '/gateways'
    | '/uses'
    | '/events'
    | '/cards'
    | '/desk'
    | '/numbers'
    | '/settings';
  readonly roles: readonly Role[];
  /** What else one must be allowed, as the session says. */
  readonly may?: string;
};

const staff = ['guard', 'facility', 'admin'] as const;

const rows: readonly NavRow[] = [
  { name: 'desk', to: '/desk', roles: ['clerk', 'admin'], may: 'desk' },
  { name: 'now', to: '/', roles: [...staff, 'teacher', 'warden'] },
  { name: 'cards', to: '/cards', roles: ['guard', 'admin', 'warden', 'clerk'], may: 'card.find' },
  { name: 'doors', to: '/doors', roles: [...staff, 'teacher', 'warden'] },
  { name: 'devices', to: '/devices', roles: staff },
  { name: 'profiles', to: '/profiles', roles: staff, may: 'profile.read' },
  { name: 'gateways', to: '/gateways', roles: staff },
  { name: 'uses', to: '/uses', roles: staff, may: 'use.read' },
  { name: 'events', to: '/events', roles: [...staff, 'teacher', 'warden'] },
  { name: 'numbers', to: '/numbers', roles: staff, may: 'numbers.read' },
  { name: 'settings', to: '/settings', roles: ['admin'], may: 'settings' },
];

const Badge = () => {
  const { t } = useWords();
  const picture = usePicture();
  const count = troublesIn(picture).length;
  if (count === 0) return null;
  return (
    <span className="nav-badge figures">
      {count}
      <span className="visually-hidden">{t('nav.waiting')}</span>
    </span>
  );
};

const Nav = () => {
  const { t } = useWords();
  const { session } = useConsole();
  const { picture } = useLive();
  // A teacher's first screen is the own rooms; what needs somebody stands on that of the others.
  const isWatching = session.role !== 'teacher';
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {rows
        .filter(({ roles }) => roles.includes(session.role))
        .filter(({ may }) => may === undefined || session.may.includes(may))
        .map(({ name, to }) => (
          <Link
            key={name}
            to={to}
            className="nav-item"
            activeProps={{ className: 'nav-item nav-active' }}
            activeOptions={{ exact: to === '/', includeSearch: false }}
          >
            <NavIcon name={name} />
            <span>{t(`nav.${name}`)}</span>
            {name === 'now' && isWatching && picture !== null ? <Badge /> : null}
          </Link>
        ))}
    </nav>
  );
};

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
