import type { EndKey, KeyLineOutput } from './key-lines.ts';
import type { LayoutName } from './layouts.table.ts';

/**
 * Bytes written by hand from linux/input.h (`struct input_event`, 64-bit: `__kernel_ulong_t __sec`,
 * `__usec`, `__u16 type`, `__u16 code`, `__s32 value`) and linux/input-event-codes.h. No capture.
 * The time is a fixed one, so that a reader that looks in the wrong place finds no zeros.
 */
const time64 = '80d2476a00000000 40e2010000000000';
const time32 = '80d2476a 40e20100';

type Step = readonly [type: string, code: string, value: string];
const down = (code: string): Step => ['0100', code, '01000000'];
const up = (code: string): Step => ['0100', code, '00000000'];
const again = (code: string): Step => ['0100', code, '02000000'];
/** `EV_MSC`, `MSC_SCAN`: the usage number, which stands before each key of a HID keyboard. */
const scan = (usage: string): Step => ['0400', '0400', `${usage}000700`];
/** `EV_SYN`, `SYN_REPORT` */
const report: Step = ['0000', '0000', '00000000'];
/** `EV_SYN`, `SYN_DROPPED` */
const dropped: Step = ['0000', '0300', '00000000'];

/** By the name in the header; little endian. */
const key = {
  one: '0200', // KEY_1 2
  two: '0300', // KEY_2 3
  five: '0600', // KEY_5 6
  seven: '0800', // KEY_7 8
  tab: '0f00', // KEY_TAB 15
  q: '1000', // KEY_Q 16
  e: '1200', // KEY_E 18
  y: '1500', // KEY_Y 21
  enter: '1c00', // KEY_ENTER 28
  leftCtrl: '1d00', // KEY_LEFTCTRL 29
  a: '1e00', // KEY_A 30
  grave: '2900', // KEY_GRAVE 41
  leftShift: '2a00', // KEY_LEFTSHIFT 42
  rightShift: '3600', // KEY_RIGHTSHIFT 54
  leftAlt: '3800', // KEY_LEFTALT 56
  space: '3900', // KEY_SPACE 57
  capsLock: '3a00', // KEY_CAPSLOCK 58
  f5: '3f00', // KEY_F5 63
  kp1: '4f00', // KEY_KP1 79
  kpDot: '5300', // KEY_KPDOT 83
  kpEnter: '6000', // KEY_KPENTER 96
  rightAlt: '6400', // KEY_RIGHTALT 100
  semicolon: '2700', // KEY_SEMICOLON 39
  minus: '0c00', // KEY_MINUS 12
  lessThan: '5600', // KEY_102ND 86
} as const;

const tap = (code: string): readonly Step[] => [down(code), report, up(code), report];
const shifted = (code: string): readonly Step[] => [
  ...[down(key.leftShift), down(code), report],
  ...[up(key.leftShift), up(code), report],
];
const enter = tap(key.enter);

const hexOf = (steps: readonly Step[], time: string): string =>
  steps.map((step) => `${time} ${step.join(' ')}`).join(' ');

export type KeyLineVector = {
  readonly name: string;
  readonly layout: LayoutName;
  readonly endKey: EndKey;
  /** The same events as 64-bit and as 32-bit programs read them. */
  readonly hex64: string;
  readonly hex32: string;
  /** After a long silence too. */
  readonly out: readonly KeyLineOutput[];
};

const vector = (
  name: string,
  layout: LayoutName,
  steps: readonly Step[],
  out: readonly KeyLineOutput[],
  endKey: EndKey = 'enter',
): KeyLineVector => ({
  ...{ name, layout, endKey, out },
  hex64: hexOf(steps, time64),
  hex32: hexOf(steps, time32),
});

const line = (text: string): KeyLineOutput => ({ kind: 'line', text });
const fault = (
  name: Extract<KeyLineOutput, { kind: 'fault' }>['fault'],
  presses: number,
): KeyLineOutput => ({ kind: 'fault', fault: name, presses });

export const keyLineVectors: readonly KeyLineVector[] = [
  vector(
    'case, digits and spaces as typed',
    'us',
    [...shifted(key.a), ...tap(key.space), ...tap(key.a), ...tap(key.seven), ...enter],
    [line('A a7')],
  ),
  vector(
    'usage numbers before each key mean nothing',
    'us',
    [scan('1e'), ...tap(key.one), scan('28'), ...enter],
    [line('1')],
  ),
  vector(
    'either shift',
    'us',
    [down(key.rightShift), report, ...tap(key.five), up(key.rightShift), report, ...enter],
    [line('%')],
  ),
  vector(
    'the next key before the last is let go',
    'us',
    [
      ...[down(key.one), report, down(key.two), report, up(key.one), report],
      ...[down(key.one), report, up(key.two), up(key.one), report],
      ...enter,
    ],
    [line('121')],
  ),
  vector(
    'a repeat of a held key is no press',
    'us',
    [down(key.one), report, again(key.one), report, again(key.one), report, up(key.one), ...enter],
    [line('1')],
  ),
  vector(
    'caps lock turns letters and no digits',
    'us',
    [...tap(key.capsLock), ...tap(key.a), ...shifted(key.a), ...tap(key.one), ...enter],
    [line('Aa1')],
  ),
  vector(
    'the keypad',
    'us',
    [...tap(key.kp1), ...tap(key.kpDot), ...tap(key.kp1), ...tap(key.kpEnter)],
    [line('1.1')],
  ),
  vector(
    'its comma in Germany',
    'de',
    [...tap(key.kp1), ...tap(key.kpDot), ...enter],
    [line('1,')],
  ),
  vector(
    'y and z change places in Germany',
    'de',
    [...shifted(key.y), ...shifted(key.seven), ...enter],
    [line('Z/')],
  ),
  vector(
    'AltGr',
    'de',
    [down(key.rightAlt), ...tap(key.q), up(key.rightAlt), report, ...enter],
    [line('@')],
  ),
  vector(
    'Ctrl + Alt is AltGr',
    'de',
    [
      ...[down(key.leftCtrl), down(key.leftAlt), ...tap(key.seven)],
      ...[up(key.leftCtrl), up(key.leftAlt), report, ...enter],
    ],
    [line('{')],
  ),
  vector(
    'a dead key and a space',
    'de',
    [...tap(key.grave), ...tap(key.space), ...tap(key.one), ...enter],
    [line('^1')],
  ),
  vector(
    'a dead key and a letter, and one that takes no accent',
    'de',
    [...tap(key.grave), ...tap(key.e), ...tap(key.grave), ...tap(key.one), ...enter],
    [line('ê^1')],
  ),
  vector(
    'digits are shifted in France',
    'fr',
    [...shifted(key.one), ...tap(key.one), ...tap(key.q), ...tap(key.semicolon), ...enter],
    [line('1&am')],
  ),
  vector('a pound', 'gb', [...shifted('0400'), ...tap(key.lessThan), ...enter], [line('£\\')]),
  vector('a line ended by tab', 'us', [...tap(key.one), ...tap(key.tab)], [line('1')], 'tab'),
  vector('an end without a line', 'us', [...enter, ...enter], []),
  vector(
    'the other end key spoils a line to its end',
    'us',
    [...tap(key.one), ...tap(key.tab), ...tap(key.two), ...enter, ...tap(key.two), ...enter],
    [fault('unknown_key', 3), line('2')],
  ),
  vector(
    'a key without a meaning',
    'us',
    [...tap(key.f5), ...tap(key.two), ...enter, ...tap(key.two), ...enter],
    [fault('unknown_key', 2), line('2')],
  ),
  vector(
    'a key that only other countries have',
    'us',
    [...tap(key.lessThan), ...enter],
    [fault('unknown_key', 1)],
  ),
  vector(
    'Ctrl + a letter types nothing',
    'us',
    [down(key.leftCtrl), ...tap(key.a), up(key.leftCtrl), report, ...enter],
    [fault('unknown_key', 1)],
  ),
  vector(
    'AltGr in a layout that has none',
    'us',
    [down(key.rightAlt), ...tap(key.q), up(key.rightAlt), report, ...enter],
    [fault('unknown_key', 1)],
  ),
  vector('a half line', 'us', [...tap(key.one), ...tap(key.two)], [fault('half_line', 2)]),
  vector(
    'dropped events spoil the line, what follows them up to the report included',
    'us',
    [
      ...[...tap(key.one), dropped, down(key.leftShift), down(key.enter), report],
      ...[...tap(key.two), ...enter, ...tap(key.minus), ...enter],
    ],
    [fault('overrun', 2), line('-')],
  ),
  vector(
    'dropped events before a line may have held its beginning',
    'us',
    [dropped, report, ...tap(key.two), ...enter, ...tap(key.two), ...enter],
    [fault('overrun', 1), line('2')],
  ),
];
