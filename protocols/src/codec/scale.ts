/** value = raw × scale + offset, both ways, without the noise of binary fractions. */
export type Scaling = {
  readonly toValue: (raw: number) => number;
  /** Exact to 15 digits; whoever writes whole numbers rounds it. */
  readonly toRaw: (value: number) => number;
};

const decimalsMax = 9;

/** Digits behind the point as one writes the number; undefined where they are too many. */
const decimalsOf = (value: number): number | undefined => {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const decimals = (digits.split('.')[1] ?? '').length - Number(exponent);
  return decimals > decimalsMax ? undefined : Math.max(0, decimals);
};

const identity: Scaling = { toValue: (raw) => raw, toRaw: (value) => value };

/** 0.1 + 0.2 is not 0.3, but the first 15 digits of both are. */
const tidy = (value: number): number => Number(value.toPrecision(15));

/**
 * 215 at a scale of 0.1 is 21.5: whole numbers are multiplied as whole numbers and divided once,
 * which gives the very number that one writes as 21.5.
 */
export const compileScaling = (scale = 1, offset = 0): Scaling => {
  if (scale === 1 && offset === 0) return identity;
  const decimals = Math.max(decimalsOf(scale) ?? Infinity, decimalsOf(offset) ?? Infinity);
  const toRaw = (value: number): number => tidy(tidy(value - offset) / scale);
  const plainly = (raw: number): number => tidy(raw * scale + offset);
  if (!Number.isFinite(decimals)) return { toValue: plainly, toRaw };
  const power = 10 ** decimals;
  const wholeScale = Math.round(scale * power);
  const wholeOffset = Math.round(offset * power);
  const toValue = (raw: number): number => {
    const whole = raw * wholeScale + wholeOffset;
    return Number.isSafeInteger(whole) ? whole / power : plainly(raw);
  };
  return { toValue, toRaw };
};
