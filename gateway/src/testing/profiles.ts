import type { ModbusDoorProfile } from '@gatehouse/device-profiles';

const head = { title: { zh: '', en: '' }, source: 'invented', kind: 'modbus-door' } as const;
const output = (register: number, at: number) => ({
  timed: { address: register, unitMs: 100 },
  state: { address: at },
  coil: { address: at },
});

/** For tests: a two-way turnstile, its passage inputs at 2 and 3, fire 5, tamper 6. */
export const turnstileProfile: ModbusDoorProfile = {
  ...head,
  id: 'test-turnstile',
  modbus: { pollEveryMs: 50, replyTimeoutMs: 200, missesMax: 3 },
  outputs: { entry: output(16, 0), exit: output(17, 1) },
  inputs: { passageEntry: 2, passageExit: 3, fire: 5, tamper: 6 },
  passage: { takenWithinMs: 5_000, stuckAfterMs: 10_000 },
};

/** For tests: a strike door, its contact at 4. */
export const strikeProfile: ModbusDoorProfile = {
  ...head,
  id: 'test-strike',
  modbus: { pollEveryMs: 100, replyTimeoutMs: 200, missesMax: 3 },
  outputs: { entry: output(16, 0) },
  inputs: { contact: 4 },
  passage: { takenWithinMs: 5_000, stuckAfterMs: 60_000 },
};
