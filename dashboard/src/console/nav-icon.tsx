import type { ReactNode } from 'react';

export type NavName =
  | 'now'
  | 'doors'
  | 'devices'
  | 'profiles'
  | 'gateways'
  | 'uses'
  | 'events'
  | 'cards'
  | 'desk'
  | 'numbers'
  | 'settings'
  | 'more';

const shapes: Readonly<Record<NavName, ReactNode>> = {
  now: <path d="M3 13h4l2.5-7 4.5 13 2.5-6H21" />,
  doors: (
    <>
      <path d="M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21M3.5 21h17" />
      <path d="M14.5 11.5v2" />
    </>
  ),
  devices: (
    <>
      <rect x="6" y="6" width="12" height="12" rx="2.5" />
      <path d="M9.5 2.8V6M14.5 2.8V6M9.5 18v3.2M14.5 18v3.2M2.8 9.5H6M2.8 14.5H6M18 9.5h3.2" />
      <path d="M18 14.5h3.2" />
      <path d="M10.5 12h3" />
    </>
  ),
  profiles: (
    <>
      <path d="M6 21V4.5A1.5 1.5 0 0 1 7.5 3H14l4.5 4.5V21z" />
      <path d="M13.5 3.5V8H18M9.5 12.5h5.5M9.5 16.5h3.5" />
    </>
  ),
  gateways: (
    <>
      <rect x="3.5" y="12" width="17" height="8" rx="2" />
      <path d="M7.5 16h.01M11 16h6M8 8.5a5.6 5.6 0 0 1 8 0M5 5.5a9.9 9.9 0 0 1 14 0" />
    </>
  ),
  uses: (
    <>
      <path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z" />
      <path d="M17 13.5v4M17 20.5v.1" />
    </>
  ),
  cards: (
    <>
      <rect x="3" y="5.5" width="18" height="13" rx="2.5" />
      <path d="M6.5 15.5c.3-2 4.7-2 5 0M15 10h3M15 13.5h3" />
      <circle cx="9" cy="10.3" r="1.6" />
    </>
  ),
  desk: (
    <>
      <path d="M3 12.5h18M5 12.5V20M19 12.5V20" />
      <rect x="8" y="4.5" width="8" height="5" rx="1.2" />
      <path d="M12 9.5v3" />
    </>
  ),
  settings: (
    <>
      <path d="M4 7h9M18 7h2M4 17h3M12 17h8" />
      <circle cx="15.5" cy="7" r="2.5" />
      <circle cx="9.5" cy="17" r="2.5" />
    </>
  ),
  events: <path d="M8.5 6H21M8.5 12H21M8.5 18H21M3.5 6h.01M3.5 12h.01M3.5 18h.01" />,
  more: <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />,
  numbers: <path d="M4 20V11M9.5 20V4M15 20v-6M20.5 20V8" />,
};

export const NavIcon = ({ name }: { readonly name: NavName }) => (
  <svg
    width="22"
    height="22"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.9"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {shapes[name]}
  </svg>
);
