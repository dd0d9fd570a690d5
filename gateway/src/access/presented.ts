import { parsePass, parsePinEntry, parseUid } from '@gatehouse/protocols';
import type { ParsedPass, ParsedUid, PinEntry } from '@gatehouse/protocols';
import type { Attempt } from './attempts.ts';

/** How a reader came by a text: it scanned or was typed on, or it read a chip. */
export type ReadKind = 'code' | 'uid';

/** `not_here`: nobody has looked at it, this door takes no PIN. */
export type PinVerdict = 'right' | 'wrong' | 'locked' | 'not_here';
export type PinChecked = {
  readonly by: 'pin';
  readonly verdict: PinVerdict;
  /** Whose number was typed. */
  readonly card: string | undefined;
};

/** What a decision is made about. */
export type Presented =
  | { readonly by: 'pass'; readonly read: ParsedPass }
  | { readonly by: 'uid'; readonly read: ParsedUid }
  | PinChecked;

/** As it was read: a PIN is still to be checked. */
export type Read =
  Exclude<Presented, PinChecked> | { readonly by: 'pin'; readonly entry: PinEntry };

/** By their lengths no entry of a keypad is mistaken for a pass, and no pass for an entry. */
export const readText = (text: string, kind: ReadKind): Read => {
  if (kind === 'uid') return { by: 'uid', read: parseUid(text) };
  const entry = parsePinEntry(text);
  return entry === undefined ? { by: 'pass', read: parsePass(text) } : { by: 'pin', entry };
};

/** The phone key behind what was read; undefined where it is no pass. */
export const credentialOf = (read: Read): string | undefined =>
  read.by === 'pass' && read.read.ok ? read.read.pass.credential : undefined;

export const attemptOf = (read: Read): Attempt => {
  if (read.by === 'pin') return 'typed';
  if (!read.read.ok) return undefined;
  return 'pass' in read.read ? { pass: read.read.pass } : { uid: read.read.uid };
};
