import type { ReactNode } from 'react';
import type { DoorState } from './door-state.ts';

const outline = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.8 } as const;

const openLeaf = (
  <>
    <path d="M4.5 20.5V4.5A1.5 1.5 0 0 1 6 3h9.5" {...outline} strokeLinecap="round" />
    <path d="M9 6.2 19 3.4v17.2L9 17.8z" fill="currentColor" />
    <circle cx="11.6" cy="12" r="1.1" className="glyph-hole" />
  </>
);

/** Shape first: each state is told apart without its colour. */
const shapes: Readonly<Record<DoorState, ReactNode>> = {
  locked: (
    <>
      <rect x="3" y="3" width="18" height="18" rx="4" fill="currentColor" />
      <rect x="7" y="10.6" width="10" height="2.8" rx="1.4" className="glyph-hole" />
    </>
  ),
  unlocked: (
    <>
      <rect x="3.9" y="3.9" width="16.2" height="16.2" rx="3.4" {...outline} />
      <path d="M12 3v18H7a4 4 0 0 1-4-4V7a4 4 0 0 1 4-4z" fill="currentColor" />
    </>
  ),
  granted: openLeaf,
  open: openLeaf,
  forced: (
    <>
      <path d="M12 1.6 22.4 12 12 22.4 1.6 12z" fill="currentColor" />
      <path d="M13.2 5.8 8.4 12.9h3.1l-.9 5.3 5-7.3h-3.2z" className="glyph-hole" />
    </>
  ),
  held: (
    <>
      <path d="M4.5 20.5V4.5A1.5 1.5 0 0 1 6 3h8" {...outline} strokeLinecap="round" />
      <circle cx="14" cy="13" r="7.6" fill="currentColor" />
      <path
        d="M14 8.6V13l3 2"
        fill="none"
        strokeWidth="1.9"
        strokeLinecap="round"
        className="glyph-line"
      />
    </>
  ),
  unknown: (
    <>
      <rect
        x="3.9"
        y="3.9"
        width="16.2"
        height="16.2"
        rx="3.4"
        {...outline}
        strokeDasharray="3 2"
      />
      <path
        d="M5 12 12 5M5 18.5 18.5 5M12 19l7-7"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
      />
    </>
  ),
};

/** The word of the state always stands beside it, so the picture itself is silent. */
export const DoorGlyph = ({
  state,
  size = 20,
  tone = state,
}: {
  readonly state: DoorState;
  readonly size?: number;
  /** Another colour than the state's own. */
  readonly tone?: DoorState;
}) => (
  <svg
    className={`door-glyph tone-${tone}`}
    width={size}
    height={size}
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    {shapes[state]}
  </svg>
);
