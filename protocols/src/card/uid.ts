/**
 * What a reader reads of a card, wristband or tag, in the one form in which it is stored, signed
 * and compared: hex, upper case, whole bytes, as the reader gives it. The order of bytes is the
 * profile's business. A UID is no secret and can be copied: it is a look-up key of a card, which
 * only some door classes take alone.
 */

/** A single-size UID of ISO/IEC 14443-3. */
export const uidBytesMin = 4;
/** An EPC of 96 bits, the longest that tags of cars and things carry. */
export const uidBytesMax = 12;

export type UidRefusal = 'random_uid' | 'unreadable_uid';
export type ParsedUid =
  { readonly ok: true; readonly uid: string } | { readonly ok: false; readonly reason: UidRefusal };

const hexBytes = /^(?:[0-9A-F]{2})+$/;
/** A reader whose antenna or wire has failed. */
const blank = /^(?:0+|F+)$/;

const randomId = '08';
const cascadeTag = '88';

const unreadable: ParsedUid = { ok: false, reason: 'unreadable_uid' };

/**
 * Strict: hex of either case and nothing else. By ISO/IEC 14443-3 (contents of the UID) and NXP
 * AN10927 a UID of four bytes that begins with 08 is made anew each time (phones, passports), so it
 * names nobody; 88 is the cascade tag: the reader gave the first part of a longer one.
 */
export const parseUid = (text: string): ParsedUid => {
  // The length first: a line may be megabytes of anything.
  if (text.length < 2 * uidBytesMin || text.length > 2 * uidBytesMax) return unreadable;
  const uid = text.toUpperCase();
  if (!hexBytes.test(uid) || blank.test(uid)) return unreadable;
  if (uid.length === 2 * uidBytesMin) {
    if (uid.startsWith(randomId)) return { ok: false, reason: 'random_uid' };
    if (uid.startsWith(cascadeTag)) return unreadable;
  }
  return { ok: true, uid };
};

/**
 * What is told of a UID that belongs to no card: its last four digits. Enough for a clerk who has
 * the card in hand to find its row, and too little to make a copy of it.
 */
export const uidEnd = (uid: string): string => uid.slice(-4);
