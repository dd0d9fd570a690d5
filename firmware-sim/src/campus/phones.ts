import { createPhone } from '../demo/phone.ts';
import type { Phone } from '../demo/phone.ts';
import type { Random } from '../devices/random.ts';
import { place } from './places.ts';
import type { Person } from './places.ts';

/** What somebody holds before a scanner. */
export const codeKinds = [
  'fresh',
  /** What this person showed last. */
  'used',
  /** What last opened the door from outside, whoever showed it: a screenshot that went round. */
  'opened',
  'expired',
  'future',
  'pay',
  'flipped',
  'nonsense',
] as const;
export type CodeKind = (typeof codeKinds)[number];

/** The same code at the same head again within this time is one attempt, and not answered twice. */
const attemptMs = 8_000;

export type Phones = {
  readonly code: (person: number, kind: CodeKind, head: string) => string;
  /** The door opened for this code. */
  readonly opened: (code: string) => void;
};

/** @param nowMs unix milliseconds of the phones, which know the right time */
export const createPhones = (
  people: readonly Person[],
  random: Random,
  nowMs: () => number,
): Phones => {
  const phones = people.map((person): Phone => {
    const { credential, secret } = person;
    return createPhone({ campus: place.campus, credential, secret, nowMs });
  });
  const shown = new Map<number, string>();
  const presented = new Map<string, number>();
  let opened: string | undefined;
  const phoneOf = (person: number): Phone => {
    const phone = phones[person];
    if (phone === undefined) throw new RangeError(`no person ${person}`);
    return phone;
  };
  const make: Readonly<Record<CodeKind, (person: number) => string>> = {
    fresh: (person) => phoneOf(person).show('door'),
    used: (person) => shown.get(person) ?? phoneOf(person).show('door'),
    opened: (person) => opened ?? phoneOf(person).show('door'),
    expired: (person) => phoneOf(person).show('door', 150_000),
    future: (person) => phoneOf(person).show('door', -120_000),
    pay: (person) => phoneOf(person).show('pay'),
    flipped: (person) => flipped(phoneOf(person).show('door'), random),
    nonsense: () => `HTTPS://EXAMPLE.ORG/${random.below(1_000_000)}`,
  };
  return {
    code: (person, kind, head) => {
      const wanted = make[kind](person);
      const isRepeat = nowMs() - (presented.get(`${head} ${wanted}`) ?? -Infinity) < attemptMs;
      const code = isRepeat ? make.fresh(person) : wanted;
      presented.set(`${head} ${code}`, nowMs());
      if (kind === 'fresh') shown.set(person, code);
      return code;
    },
    opened: (code) => {
      opened = code;
    },
  };
};

/** One character of the signature is another. */
const flipped = (code: string, random: Random): string => {
  const at = 40 + random.below(60);
  return code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1);
};
