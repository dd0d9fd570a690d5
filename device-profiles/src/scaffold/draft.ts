import type { Args } from '../compiled.ts';

/** A profile in the making, as plain data; the check says whether it is one. */
export type Entries = Record<string, object>;
export type Draft = {
  readonly model: {
    readonly state: Entries;
    readonly telemetry: Entries;
    readonly events: Entries;
    readonly commands: Entries;
  };
  /** The one binding. */
  readonly binding: Record<string, unknown>;
  readonly initial: Record<string, Args[string]>;
  /** What was found, and what was left out. */
  readonly notes: string[];
};

export const emptyDraft = (): Draft => ({
  model: { state: {}, telemetry: {}, events: {}, commands: {} },
  binding: {},
  initial: {},
  notes: [],
});

/** What the gateway would send: never by itself, because nobody knows yet what it does. */
export const sentCommand = (name: string, isAnswered: boolean): object => ({
  title: titled(name),
  class: 'audit',
  expiresInMs: 5000,
  ...(isAnswered ? { confirmBy: { reply: true, withinMs: 1000 } } : {}),
});

/** Both languages until somebody writes the Chinese one. */
export const titled = (text: string): { readonly zh: string; readonly en: string } => ({
  zh: text,
  en: text,
});

/** A name of the language: `Relay 1 (main)` → `relay1Main`. */
export const nameOf = (text: string, otherwise: string): string => {
  const parts = text.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  const joined = parts
    .map(
      (part, i) =>
        (i === 0 ? part.charAt(0).toLowerCase() : part.charAt(0).toUpperCase()) + part.slice(1),
    )
    .join('')
    .slice(0, 40);
  return /^[a-z]/.test(joined) ? joined : otherwise;
};

/** An id: small letters, digits and hyphens. */
export const idOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '') || 'new-device';

/** What a reader reads, by its family: a word that other parts of the product know. */
export const readerWords: Readonly<
  Record<string, { readonly norm: string; readonly field: string }>
> = {
  scanner: { norm: 'access.code', field: 'text' },
  reader: { norm: 'access.uid', field: 'uid' },
};
