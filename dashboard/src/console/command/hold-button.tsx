import { useEffect, useId, useRef, useState } from 'react';
import { after } from '../../adapters/clock.ts';
import { useWords } from '../../i18n/i18n.ts';

export const holdMs = 1_000;

/** A button that acts only when it is held: by finger, pointer, or the space bar. */
export const HoldButton = ({
  label,
  hint,
  isBusy,
  onHeld,
}: {
  readonly label: string;
  /** What holding it does, and when it is done. */
  readonly hint: string;
  readonly isBusy: boolean;
  readonly onHeld: () => void;
}) => {
  const { t } = useWords();
  const [isHeld, setHeld] = useState(false);
  const [wasShort, setShort] = useState(false);
  const hintId = useId();
  const cancel = useRef<(() => void) | null>(null);
  useEffect(() => () => cancel.current?.(), []);

  const begin = (): void => {
    if (isBusy || cancel.current !== null) return;
    setHeld(true);
    setShort(false);
    cancel.current = after(holdMs, () => {
      cancel.current = null;
      setHeld(false);
      onHeld();
    });
  };
  const end = (): void => {
    if (cancel.current === null) return;
    cancel.current();
    cancel.current = null;
    setHeld(false);
    setShort(true);
  };
  const isKey = (key: string): boolean => key === ' ' || key === 'Enter';

  return (
    <div className="hold">
      <button
        type="button"
        className="hold-button"
        data-held={isHeld}
        aria-disabled={isBusy}
        aria-describedby={hintId}
        onPointerDown={({ button }) => {
          if (button === 0) begin();
        }}
        onPointerUp={end}
        onPointerLeave={end}
        onPointerCancel={end}
        onContextMenu={(event) => {
          event.preventDefault(); // a long press on a phone is the hold itself
        }}
        onKeyDown={(event) => {
          if (!isKey(event.key)) return;
          event.preventDefault();
          if (!event.repeat) begin();
        }}
        onKeyUp={({ key }) => {
          if (isKey(key)) end();
        }}
        onBlur={end}
      >
        <i className="hold-fill" aria-hidden="true" />
        <span>{label}</span>
      </button>
      <p id={hintId} className={wasShort ? 'tone-attention' : 'quiet'}>
        {wasShort ? t('unlock.tooShort') : hint}
      </p>
    </div>
  );
};
