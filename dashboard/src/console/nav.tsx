import type { Role } from '@gatehouse/protocols';
import { Link, useRouterState } from '@tanstack/react-router';
import type { KeyboardEvent, ReactNode } from 'react';
import { useState } from 'react';
import { useWords } from '../i18n/i18n.ts';
import { useConsole, useLive, usePicture } from './console-context.ts';
import { NavIcon } from './nav-icon.tsx';
import type { NavName } from './nav-icon.tsx';
import { troublesIn } from './trouble.ts';
import { useWide } from './use-wide.ts';

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

const Item = ({
  row: { name, to },
  onGo,
  children,
}: {
  readonly row: NavRow;
  readonly onGo?: () => void;
  readonly children?: ReactNode;
}) => {
  const { t } = useWords();
  return (
    <Link
      to={to}
      className="nav-item"
      activeProps={{ className: 'nav-item nav-active' }}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      {...(onGo === undefined ? {} : { onClick: onGo })}
    >
      <NavIcon name={name} />
      <span>{t(`nav.${name}`)}</span>
      {children}
    </Link>
  );
};

/** What a phone has no room for below the screen. */
const More = ({ rest }: { readonly rest: readonly NavRow[] }) => {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const isHere = rest.some(({ to }) => path === to || path.startsWith(`${to}/`));
  const close = (): void => setOpen(false);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') close();
  };
  return (
    <>
      <button
        type="button"
        className={isHere || isOpen ? 'nav-item nav-active' : 'nav-item'}
        aria-expanded={isOpen}
        aria-controls="nav-more"
        onClick={() => setOpen(!isOpen)}
        onKeyDown={onKeyDown}
      >
        <NavIcon name="more" />
        <span>{t('nav.more')}</span>
      </button>
      <div id="nav-more" className="nav-more" hidden={!isOpen} onKeyDown={onKeyDown}>
        {rest.map((row) => (
          <Item key={row.name} row={row} onGo={close} />
        ))}
      </div>
      {isOpen ? <div className="nav-veil" aria-hidden="true" onClick={close} /> : null}
    </>
  );
};

/** So many fit below the screen of a phone. */
const thumbItemsMax = 5;

/** The screens that this person's role has. */
export const Nav = () => {
  const { t } = useWords();
  const { session } = useConsole();
  const { picture } = useLive();
  const hasColumn = useWide(641);
  // A teacher's first screen is the own rooms; what needs somebody stands on that of the others.
  const isWatching = session.role !== 'teacher';
  const mine = rows
    .filter(({ roles }) => roles.includes(session.role))
    .filter(({ may }) => may === undefined || session.may.includes(may));
  const isAll = hasColumn || mine.length <= thumbItemsMax;
  const shown = isAll ? mine : mine.slice(0, thumbItemsMax - 1);
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      {shown.map((row) => (
        <Item key={row.name} row={row}>
          {row.name === 'now' && isWatching && picture !== null ? <Badge /> : null}
        </Item>
      ))}
      {isAll ? null : <More rest={mine.slice(thumbItemsMax - 1)} />}
    </nav>
  );
};
