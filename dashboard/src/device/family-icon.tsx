import type { ReactNode } from 'react';

/** What stands on the wall, in one line drawing for each family of the profile language. */
const shapes: Readonly<Record<string, ReactNode>> = {
  scanner: (
    <>
      <path d="M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8" />
      <path d="M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16" />
      <path d="M3 12h18" />
    </>
  ),
  reader: (
    <>
      <rect x="6" y="3" width="12" height="18" rx="2.5" />
      <path d="M9.5 8.5a3.6 3.6 0 0 1 5 0M11 10.8a1.5 1.5 0 0 1 2 0M10 17h4" />
    </>
  ),
  door: (
    <>
      <path d="M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21M3.5 21h17" />
      <path d="M14.5 11.5v2" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="10" rx="2.5" />
      <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2.5" />
    </>
  ),
  turnstile: (
    <>
      <path d="M4 21V8.5A1.5 1.5 0 0 1 5.5 7h3A1.5 1.5 0 0 1 10 8.5V21M2.5 21h19" />
      <path d="M10 11.5h4l4.5-5M10 11.5h4l4.5 5" />
    </>
  ),
  locker: (
    <>
      <rect x="3.5" y="3.5" width="17" height="17" rx="2" />
      <path d="M12 3.5v17M3.5 12h17M9.5 7.2v1.4M18 7.2v1.4M9.5 15.8v1.4M18 15.8v1.4" />
    </>
  ),
  barrier: (
    <>
      <path d="M4 21v-9h4v9M2.5 21h19M6 12 20.5 7.6M8.7 11.2l1.6-.5M13 9.9l1.6-.5" />
      <path d="M17.2 8.6l1.6-.5" />
    </>
  ),
  relay: (
    <>
      <path d="M3 16h5l7-7M16 16h5" />
      <circle cx="8" cy="16" r="1.4" />
      <circle cx="16" cy="16" r="1.4" />
    </>
  ),
  pos: (
    <>
      <rect x="5" y="8" width="14" height="13" rx="2" />
      <path d="M8 8V3h8v5M8.5 12h7M9 15.5h.01M12 15.5h.01M15 15.5h.01M9 18h.01M12 18h.01" />
      <path d="M15 18h.01" />
    </>
  ),
  printer: (
    <>
      <path d="M7 8V3.5h10V8" />
      <rect x="3.5" y="8" width="17" height="9" rx="1.5" />
      <path d="M7 17v3.5h10V17M7 13.5h10" />
    </>
  ),
  presence: (
    <>
      <circle cx="12" cy="7" r="3.2" />
      <path d="M6.5 20c0-4.2 2.2-6.6 5.5-6.6s5.5 2.4 5.5 6.6M3.5 4.5a6 6 0 0 0 0 6.5" />
      <path d="M20.5 4.5a6 6 0 0 1 0 6.5" />
    </>
  ),
  environment: (
    <>
      <path d="M10 13.6V5a2.5 2.5 0 0 1 5 0v8.6a4.5 4.5 0 1 1-5 0z" />
      <path d="M12.5 9v7.5M18 6h3M18 9.5h3" />
    </>
  ),
  meter: (
    <>
      <circle cx="12" cy="12" r="8.8" />
      <path d="M13 6.8 9.2 12.6h5.4L10.8 18" />
    </>
  ),
};

const other = (
  <>
    <rect x="6" y="6" width="12" height="12" rx="2.5" />
    <path d="M9.5 2.8V6M14.5 2.8V6M9.5 18v3.2M14.5 18v3.2M2.8 9.5H6M2.8 14.5H6M18 9.5h3.2" />
    <path d="M18 14.5h3.2" />
  </>
);

/** A newer server may name a family that this page does not know. */
export const isFamily = (family: string): boolean => Object.hasOwn(shapes, family);

export const FamilyIcon = ({
  family,
  size = 22,
}: {
  readonly family: string;
  readonly size?: number;
}) => (
  <svg
    className="family-icon"
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.7"
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    {isFamily(family) ? shapes[family] : other}
  </svg>
);
