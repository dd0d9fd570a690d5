import type { PassKind } from './mint.ts';

const shapes: Readonly<Record<PassKind, string>> = {
  // An open gate.
  door: 'M5 21V11a7 7 0 0 1 14 0v10M12 21v-7M2.5 21h19',
  // A slip from a till.
  pay: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
};

/** The shape of a kind, beside its word: the colour never speaks alone. */
export const KindIcon = ({
  kind,
  size = 20,
}: {
  readonly kind: PassKind;
  readonly size?: number;
}) => (
  <svg className="kind-icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path
      d={shapes[kind]}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
);
