import { digitsOf, pinNumberDigits } from '@gatehouse/protocols';
import type { Ports, Queryable } from '../ports.ts';

const tries = 40;
const drawnBytes = 40;
const visitorDigits = 5;

/** What stands on somebody's card is never drawn for another. */
const drawFree = async (
  random: Ports['random'],
  digits: number,
  isTaken: (number: string) => Promise<boolean>,
): Promise<string> => {
  for (let i = 0; i < tries; i += 1) {
    const number = digitsOf(random(drawnBytes), digits);
    if (number.length === digits && !(await isTaken(number))) return number;
  }
  throw new Error('no number was free');
};

/** Of a visitor's card, for whom the school has none: `V`, the month, five digits. */
export const drawVisitorNumber = async (
  tx: Queryable,
  { nowMs, random }: { readonly nowMs: number; readonly random: Ports['random'] },
): Promise<string> => {
  const month = new Date(nowMs).toISOString().slice(2, 7).replace('-', '');
  const prefix = `V${month}`;
  const isTaken = async (digits: string): Promise<boolean> =>
    (await tx.query('select id from card where number = $1', [prefix + digits])).length > 0;
  return prefix + (await drawFree(random, visitorDigits, isTaken));
};

/** What is typed before a PIN: no card has it, nor had it. */
export const drawPinNumber = (tx: Queryable, random: Ports['random']): Promise<string> =>
  drawFree(
    random,
    pinNumberDigits,
    async (number) =>
      (await tx.query('select card from pin where number = $1', [number])).length > 0,
  );
