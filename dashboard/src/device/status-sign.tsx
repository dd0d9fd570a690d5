import type { ReactNode } from 'react';
import type { DeviceStatus } from './device-status.ts';

const line = {
  fill: 'none',
  strokeWidth: 2.4,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;
const hole = { ...line, className: 'sign-line' } as const;
const drawn = { ...line, stroke: 'currentColor', strokeWidth: 1.9 } as const;

/** Shape first: each status is told apart without its colour. */
const shapes: Readonly<Record<DeviceStatus, ReactNode>> = {
  alarm: (
    <>
      <path d="M12 2.6 22.6 21H1.4z" fill="currentColor" />
      <path d="M12 9.6v5M12 17.6v.2" {...hole} />
    </>
  ),
  attention: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" />
      <path d="M12 7.4v5.4M12 16.6v.2" {...hole} />
    </>
  ),
  silent: (
    <>
      <rect x="3" y="3" width="18" height="18" rx="4" {...drawn} />
      <path d="M4.5 13 13 4.5M4.5 20 20 4.5M11 20l9-9" {...drawn} />
    </>
  ),
  unknown: (
    <>
      <circle cx="12" cy="12" r="9" strokeDasharray="3.4 2.4" {...drawn} />
      <path d="M9.6 9.6a2.4 2.4 0 1 1 3.4 2.2c-.7.4-1 .8-1 1.6M12 16.4v.2" {...drawn} />
    </>
  ),
  old: (
    <>
      <circle cx="12" cy="12" r="9" strokeDasharray="3.4 2.4" {...drawn} />
      <path d="M12 7.2V12l3.2 2" {...drawn} />
    </>
  ),
  online: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" />
      <path d="M7.6 12.4l3 3 5.8-6.4" {...hole} />
    </>
  ),
};

/** The tone of each status as the style sheets name it. */
export const statusTones: Readonly<Record<DeviceStatus, string>> = {
  alarm: 'alarm',
  attention: 'attention',
  silent: 'unknown',
  unknown: 'unknown',
  old: 'unknown',
  online: 'granted',
};

/** The word of the status always stands beside it, so the picture itself is silent. */
export const StatusSign = ({
  status,
  size = 18,
}: {
  readonly status: DeviceStatus;
  readonly size?: number;
}) => (
  <svg
    className={`status-sign tone-${statusTones[status]}`}
    width={size}
    height={size}
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    {shapes[status]}
  </svg>
);
