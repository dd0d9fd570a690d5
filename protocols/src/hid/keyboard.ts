import { eventTypes, keyValues, synCodes } from './input-event.ts';
import type { InputEvent } from './input-event.ts';
import { keys } from './keys.ts';
import { withAccent } from './layout.ts';
import type { Layout, Level } from './layout.ts';

/**
 * What one event means:
 * - `text`: characters were typed (none yet, where a dead key waits)
 * - `enter`, `tab`: those keys
 * - `strange`: a key that has no meaning here, such as F5, Ctrl + C or Alt + a letter
 * - `lost`: the kernel dropped events; what was held down is forgotten
 */
export type Typed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'enter' | 'tab' | 'strange' | 'lost' };

export type Keyboard = {
  /** Undefined where it means nothing: a release, a repeat, a modifier, the end of a report. */
  readonly take: (event: InputEvent) => Typed | undefined;
  /** A dead key that still waits is forgotten: a new line begins. */
  readonly forgetAccent: () => void;
};

const modifiers: ReadonlySet<number> = new Set([
  ...[keys.leftCtrl, keys.rightCtrl, keys.leftShift, keys.rightShift],
  ...[keys.leftAlt, keys.rightAlt, keys.leftMeta, keys.rightMeta],
]);
const ends: ReadonlyMap<number, 'enter' | 'tab'> = new Map([
  [keys.enter, 'enter'],
  [keys.kpEnter, 'enter'],
  [keys.tab, 'tab'],
]);

/**
 * From events to characters. A key counts when it goes down, with the shift of that moment: fast
 * scanners press the next key before they let go of the last. The keypad gives digits whatever
 * num lock says; caps lock is what this keyboard's own key made it.
 */
export const createKeyboard = (layout: Layout): Keyboard => {
  const held = new Set<number>();
  let isCaps = false;
  let accent: string | undefined;
  let isDropping = false;

  const isHeld = (...codes: readonly number[]): boolean => codes.some((code) => held.has(code));
  /** Undefined where a combination of modifiers types nothing. */
  const level = (isLetter: boolean): Level | undefined => {
    const isCtrl = isHeld(keys.leftCtrl, keys.rightCtrl);
    const isAlt = isHeld(keys.leftAlt);
    const isShift = isHeld(keys.leftShift, keys.rightShift) !== (isCaps && isLetter);
    if (isHeld(keys.leftMeta, keys.rightMeta)) return undefined;
    // Ctrl + Alt is AltGr: scanners that imitate Windows type it so.
    const isAltGr = isHeld(keys.rightAlt) || (isCtrl && isAlt);
    if (isAltGr) return layout.hasAltGr && !isShift ? 'altGr' : undefined;
    if (isCtrl || isAlt) return undefined;
    return isShift ? 'shift' : 'plain';
  };
  const type = (code: number): Typed => {
    const meaning = layout.keys.get(code);
    const at = level(meaning?.isLetter ?? false);
    const char = at === undefined ? undefined : meaning?.[at];
    if (char === undefined) return { kind: 'strange' };
    const before = accent;
    const isDead = at !== 'altGr' && layout.dead.has(char);
    accent = isDead && before === undefined ? char : undefined;
    if (accent !== undefined) return { kind: 'text', text: '' };
    return { kind: 'text', text: before === undefined ? char : withAccent(before, char) };
  };
  const press = (code: number): Typed | undefined => {
    if (modifiers.has(code)) {
      held.add(code);
      return undefined;
    }
    if (code === keys.capsLock) isCaps = !isCaps;
    if (code === keys.capsLock || code === keys.numLock) return undefined;
    const end = ends.get(code);
    return end === undefined ? type(code) : { kind: end };
  };
  return {
    take: ({ type: kind, code, value }) => {
      if (kind === eventTypes.syn) {
        // After SYN_DROPPED everything up to the next report is to be ignored
        // (Documentation/input/event-codes.rst); what is held cannot be asked for here.
        if (code === synCodes.report) isDropping = false;
        if (code !== synCodes.dropped) return undefined;
        isDropping = true;
        held.clear();
        accent = undefined;
        return { kind: 'lost' };
      }
      if (isDropping || kind !== eventTypes.key) return undefined;
      if (value === keyValues.pressed) return press(code);
      if (value === keyValues.released) held.delete(code);
      return undefined;
    },
    forgetAccent: () => {
      accent = undefined;
    },
  };
};
