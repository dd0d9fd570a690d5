/** Numbers of keys, from linux/input-event-codes.h ("Keys and buttons"). */
export const keys = {
  tab: 15,
  enter: 28,
  leftCtrl: 29,
  leftShift: 42,
  rightShift: 54,
  leftAlt: 56,
  space: 57,
  capsLock: 58,
  numLock: 69,
  kpEnter: 96,
  rightCtrl: 97,
  rightAlt: 100,
  leftMeta: 125,
  rightMeta: 126,
} as const;

/** In the order of the rows of a layout (layouts.table.ts). */
export const keyRows = {
  /** KEY_GRAVE, KEY_1 … KEY_0, KEY_MINUS, KEY_EQUAL */
  digits: [41, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
  /** KEY_Q … KEY_P, KEY_LEFTBRACE, KEY_RIGHTBRACE */
  upper: [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27],
  /** KEY_A … KEY_L, KEY_SEMICOLON, KEY_APOSTROPHE, KEY_BACKSLASH */
  home: [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 43],
  /** KEY_102ND, KEY_Z … KEY_M, KEY_COMMA, KEY_DOT, KEY_SLASH */
  lower: [86, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53],
  /** KEY_KP7 8 9 MINUS 4 5 6 PLUS 1 2 3 0 DOT, ASTERISK, SLASH, EQUAL */
  keypad: [71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 55, 98, 117],
} as const;
export type KeyRow = keyof typeof keyRows;
