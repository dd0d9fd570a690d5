import type { ReactNode } from 'react';
import { useId } from 'react';

/** A titled piece of a screen. */
export const Panel = ({
  title,
  count,
  className = '',
  children,
  tools,
}: {
  readonly title: string;
  readonly count?: number;
  readonly className?: string;
  readonly children: ReactNode;
  readonly tools?: ReactNode;
}) => {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>
          {title}
          {count === undefined || count === 0 ? null : (
            <span className="panel-count figures">{count}</span>
          )}
        </h2>
        {tools}
      </header>
      {children}
    </section>
  );
};

/** An empty state teaches: what would stand here, and why nothing does. */
export const Calm = ({ text, hint }: { readonly text: string; readonly hint: string }) => (
  <div className="calm">
    <svg width="36" height="36" viewBox="0 0 32 32" aria-hidden="true">
      <path
        d="M5 29V15C5 8.9 9.9 4 16 4s11 4.9 11 11v14"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <path
        d="M11 18.5l4 4 7-8"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
    <p>{text}</p>
    <p className="quiet">{hint}</p>
  </div>
);
