import type { HTMLInputTypeAttribute } from 'react';

/** A labelled line of a form. */
export const TextField = ({
  label,
  value,
  onChange,
  maxLength = 60,
  type = 'text',
  isWanted = true,
  hint = '',
  min,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly maxLength?: number;
  readonly type?: HTMLInputTypeAttribute;
  /** It cannot be left out. */
  readonly isWanted?: boolean;
  readonly hint?: string;
  readonly min?: string;
}) => (
  <label className="people-field">
    <span>{label}</span>
    <input
      className="field"
      type={type}
      value={value}
      maxLength={type === 'date' ? undefined : maxLength}
      min={min}
      required={isWanted}
      autoComplete="off"
      placeholder={hint}
      onChange={({ currentTarget }) => {
        onChange(currentTarget.value);
      }}
    />
  </label>
);
