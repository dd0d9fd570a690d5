import type { Severity } from '@gatehouse/protocols';
import type { ReactNode } from 'react';

const bang = <path d="M12 8.4v5.2M12 16.8v.2" className="sign-line" />;

/** Shape first: a triangle alarms, a circle asks for attention, a ring only tells. */
const shapes: Readonly<Record<Severity, ReactNode>> = {
  alarm: (
    <>
      <path d="M12 2.6 22.6 21H1.4z" fill="currentColor" strokeLinejoin="round" />
      <path d="M12 9.6v5M12 17.6v.2" className="sign-line" />
    </>
  ),
  attention: (
    <>
      <circle cx="12" cy="12" r="10" fill="currentColor" />
      {bang}
    </>
  ),
  notice: (
    <>
      <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" strokeWidth="2" />
      <path
        d="M12 11v5.4M12 7.6v.2"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
    </>
  ),
};

export const SeveritySign = ({ severity }: { readonly severity: Severity }) => (
  <svg
    className={`severity-sign tone-${severity}`}
    width="24"
    height="24"
    viewBox="0 0 24 24"
    aria-hidden="true"
  >
    {shapes[severity]}
  </svg>
);
