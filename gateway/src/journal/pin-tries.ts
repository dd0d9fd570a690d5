import { parseJson } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import type { PinTries } from '../ports.ts';

/** Where wrong PINs stand in the journal's `meta`. */
export const pinTriesKey = 'pin_tries';

const StoredPinTries = Type.Array(
  Type.Object({ key: Type.String(), at: Type.Array(Type.Number()) }),
);

/** We wrote it; what is not readable all the same counts as none, so that the journal opens. */
export const readPinTries = (text: string | undefined): readonly PinTries[] => {
  const tries = text === undefined ? [] : parseJson(text);
  return Value.Check(StoredPinTries, tries) ? tries : [];
};
