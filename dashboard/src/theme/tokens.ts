/** The one place of colours. Pages get them as CSS variables, the kit as its own tokens. */
export const schemes = ['light', 'dark'] as const;
export type Scheme = (typeof schemes)[number];

type Pair = Readonly<Record<Scheme, string>>;

export const colours = {
  ground: { light: '#F7F6F2', dark: '#14171A' },
  surface: { light: '#FFFFFF', dark: '#1C2125' },
  /** Below a surface: table heads, wells, the row under the pointer. */
  sunken: { light: '#F1EFE9', dark: '#171B1F' },
  line: { light: '#E3E0D8', dark: '#2C3339' },
  /** The border of what can be typed into or pressed: 3:1 against its ground. */
  edge: { light: '#878E93', dark: '#6F7A82' },
  text: { light: '#1E2428', dark: '#E8E6E1' },
  quiet: { light: '#5C666D', dark: '#9AA5AC' },
  accent: { light: '#1F6F5C', dark: '#4FB79C' },
  onAccent: { light: '#FFFFFF', dark: '#0E1513' },
  accentSoft: { light: '#E4EFEB', dark: '#1C312C' },
  granted: { light: '#1F7A4D', dark: '#57C28A' },
  grantedSoft: { light: '#E6F2EA', dark: '#1B2F25' },
  denied: { light: '#B3391F', dark: '#FF8A6B' },
  deniedSoft: { light: '#FAEBE6', dark: '#37231E' },
  attention: { light: '#8F5D00', dark: '#F0B24A' },
  attentionSoft: { light: '#FBF1DD', dark: '#33291A' },
  alarm: { light: '#C8102E', dark: '#FF5C6C' },
  alarmSoft: { light: '#FCE8EA', dark: '#3A1E23' },
  onAlarm: { light: '#FFFFFF', dark: '#1C0A0D' },
  /** Unknown and offline: never green, never red, and always hatched. */
  unknown: { light: '#5F686E', dark: '#98A2A9' },
  unknownSoft: { light: '#ECEBE7', dark: '#262C31' },
  /** The pay side of the card: nobody shows the wrong one. */
  pay: { light: '#5B3FA6', dark: '#B7A1F5' },
  paySoft: { light: '#EEEAF8', dark: '#2A2540' },
  onPay: { light: '#FFFFFF', dark: '#171128' },
} as const satisfies Readonly<Record<string, Pair>>;

export type ColourName = keyof typeof colours;

/** Text that is read, and what lies behind it: each pair is AA (4.5:1), which a test computes. */
export const textPairs: readonly (readonly [ColourName, ColourName])[] = [
  ...(['text', 'quiet'] as const).flatMap((text) =>
    (['ground', 'surface', 'sunken'] as const).map((ground) => [text, ground] as const),
  ),
  ...(['accent', 'granted', 'denied', 'attention', 'alarm', 'unknown', 'pay'] as const).flatMap(
    (text) => (['ground', 'surface'] as const).map((ground) => [text, ground] as const),
  ),
  ...(['accent', 'granted', 'denied', 'attention', 'alarm', 'unknown', 'pay'] as const).map(
    (text) => [text, `${text}Soft`] as const,
  ),
  ...(
    ['accentSoft', 'grantedSoft', 'deniedSoft', 'attentionSoft', 'alarmSoft', 'paySoft'] as const
  ).map((ground) => ['text', ground] as const),
  ['onAccent', 'accent'],
  ['onAlarm', 'alarm'],
  ['onPay', 'pay'],
];

/** What is seen and not read: 3:1. */
export const shapePairs: readonly (readonly [ColourName, ColourName])[] = [
  ['edge', 'ground'],
  ['edge', 'surface'],
];

export const radiusPx = 8;

export const fontStack =
  "-apple-system, 'Segoe UI', Inter, Roboto, 'PingFang SC', 'Microsoft YaHei', " +
  "'Noto Sans CJK SC', 'Noto Sans SC', sans-serif";
