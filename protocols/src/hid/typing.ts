import { eventTypes, formatInputEvent, keyValues, synCodes } from './input-event.ts';
import type { InputEvent, InputEventBytes } from './input-event.ts';
import { keys } from './keys.ts';
import type { EndKey } from './key-lines.ts';
import { layoutOfName, levels, withAccent } from './layout.ts';
import type { Layout, Level } from './layout.ts';
import type { LayoutName } from './layouts.table.ts';

/** One key with the level at which it is pressed. */
type Stroke = { readonly code: number; readonly level: Level };

const endCodes: Readonly<Record<EndKey, number>> = { enter: keys.enter, tab: keys.tab };
const modifierOf: Readonly<Partial<Record<Level, number>>> = {
  shift: keys.leftShift,
  altGr: keys.rightAlt,
};

/** By character: the strokes that type it, the main keys before the keypad. */
const strokesOf = (layout: Layout): ReadonlyMap<string, readonly Stroke[]> => {
  const table = new Map<string, readonly Stroke[]>();
  const dead = new Map<string, Stroke>();
  for (const level of levels) {
    for (const [code, meaning] of layout.keys) {
      const char = meaning[level];
      if (char === undefined) continue;
      const stroke = { code, level };
      const isDead = level !== 'altGr' && layout.dead.has(char);
      if (isDead) dead.set(char, stroke);
      else if (!table.has(char)) table.set(char, [stroke]);
    }
  }
  for (const [accent, stroke] of dead) {
    for (const [char, strokes] of [...table]) {
      const made = withAccent(accent, char);
      if ([...made].length === 1 && !table.has(made)) table.set(made, [stroke, ...strokes]);
    }
  }
  return table;
};

const key = (code: number, value: number): InputEvent => ({ type: eventTypes.key, code, value });
const report: InputEvent = { type: eventTypes.syn, code: synCodes.report, value: 0 };

const eventsOf = ({ code, level }: Stroke): readonly InputEvent[] => {
  const modifier = modifierOf[level];
  const around = (value: number) => (modifier === undefined ? [] : [key(modifier, value)]);
  return [
    ...around(keyValues.pressed),
    ...[key(code, keyValues.pressed), report],
    ...around(keyValues.released),
    ...[key(code, keyValues.released), report],
  ];
};

/**
 * What a keyboard sends that types this text and its end key: for simulators.
 * @returns undefined where the layout cannot type a character
 */
export const createTyping = (options: {
  readonly layout: LayoutName;
  readonly endKey: EndKey;
  readonly eventBytes: InputEventBytes;
}): ((text: string) => Uint8Array | undefined) => {
  const table = strokesOf(layoutOfName(options.layout));
  const end: Stroke = { code: endCodes[options.endKey], level: 'plain' };
  return (text) => {
    const strokes: Stroke[] = [];
    for (const char of text) {
      const those = table.get(char);
      if (those === undefined) return undefined;
      strokes.push(...those);
    }
    const size = options.eventBytes;
    const events = [...strokes, end].flatMap(eventsOf);
    const bytes = new Uint8Array(events.length * size);
    for (const [i, event] of events.entries()) bytes.set(formatInputEvent(event, size), i * size);
    return bytes;
  };
};
