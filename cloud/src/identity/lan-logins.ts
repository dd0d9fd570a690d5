import { toBase64Url } from '@gatehouse/protocols';
import type { ChoiceView, Primitives } from '@gatehouse/protocols';
import type { Clock, Ports } from '../ports.ts';
import { tokenHash } from './sessions.ts';

/** Whoever brings the token is this person, once. For a screen; in no log. */
export type LanLogin = ChoiceView & {
  /** 16 random bytes, base64url. */
  readonly token: string;
};

export type LanLogins = {
  /** Makes the first set; `show` gets it, and each that follows. */
  readonly start: (show: (logins: readonly LanLogin[]) => void) => void;
  /** Who comes in by it. Undefined where it is none of ours, was used, or is over. */
  readonly take: (token: string) => ChoiceView | undefined;
};

export type LanLoginOptions = {
  /** One login each. */
  readonly choices: readonly ChoiceView[];
  readonly clock: Pick<Clock, 'monoMs'>;
  readonly random: Ports['random'];
  readonly primitives: Pick<Primitives, 'sha256'>;
};

export const lanLoginForMs = 10 * 60 * 1000;
const tokenBytes = 16;
/** 16 bytes in base64url: what has another form is no token and is not hashed. */
const tokenForm = /^[A-Za-z0-9_-]{22}$/;
/** The newest, and the one before: two people scan from the same screen. */
const setsMax = 2;

type Login = { readonly choice: ChoiceView; readonly untilMs: number; used: boolean };
/** By the hash of the token: who reads our memory cannot come in with it. */
type LoginSet = ReadonlyMap<string, Login>;

/**
 * One-time logins for phones. A set holds one for each person; when one is used, a new set follows,
 * and what is left of the set before stays good until its own end. A code that was ours and comes
 * too late brings a new set only where the newest is over: nobody can make them without end, and
 * who holds no code of ours can make none at all.
 */
export const createLanLogins = (options: LanLoginOptions): LanLogins => {
  const { choices, clock, random, primitives } = options;
  let show: (logins: readonly LanLogin[]) => void = () => undefined;
  let sets: readonly LoginSet[] = [];
  let newestUntilMs = 0;

  const offer = (): void => {
    newestUntilMs = clock.monoMs() + lanLoginForMs;
    const made = choices.map((choice) => ({ choice, token: toBase64Url(random(tokenBytes)) }));
    const set = new Map<string, Login>();
    for (const { choice, token } of made) {
      set.set(tokenHash(token, primitives), { choice, untilMs: newestUntilMs, used: false });
    }
    sets = [set, ...sets].slice(0, setsMax);
    show(made.map(({ choice, token }) => ({ ...choice, token })));
  };

  return {
    start: (listener) => {
      show = listener;
      offer();
    },
    take: (token) => {
      if (!tokenForm.test(token)) return undefined;
      const hash = tokenHash(token, primitives);
      const login = sets.flatMap((set) => set.get(hash) ?? [])[0];
      if (login === undefined) return undefined;
      const nowMs = clock.monoMs();
      const isGood = !login.used && nowMs < login.untilMs;
      login.used = login.used || isGood;
      if (isGood || nowMs >= newestUntilMs) offer();
      return isGood ? login.choice : undefined;
    },
  };
};
