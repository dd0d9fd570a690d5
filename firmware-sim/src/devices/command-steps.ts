import { own, plainValue } from '@gatehouse/device-profiles';
import type { Args, DeviceProfile, PlainCodec } from '@gatehouse/device-profiles';

type Model = DeviceProfile['model'];

/** One sending of a command, as it came. */
export type CommandStep = {
  readonly command: string;
  readonly step: number;
  readonly args: Args;
};

/** How many sendings make up a command; 1 where nobody can say. */
export const stepsOf = (
  codec: Pick<PlainCodec, 'encode'>,
  model: Model,
  { command, args }: CommandStep,
): number => {
  const encoded = codec.encode(command, { ...plainArgs(model, command), ...args });
  return encoded.ok ? encoded.sends.length : 1;
};

/** What stands for arguments that nobody gave. */
export const plainArgs = (model: Model, command: string): Args =>
  Object.fromEntries(
    Object.entries(own(model.commands, command)?.args ?? {}).map(([name, entry]) => [
      name,
      entry.default ?? plainValue(entry),
    ]),
  );

/**
 * Puts the arguments together that come in several sendings: a price in one, the go-ahead in the
 * next.
 */
export const createCommandSteps = (): ((step: CommandStep, isLast: boolean) => Args) => {
  /** Of the one command that is under way. */
  let held: { readonly command: string; readonly args: Args } | undefined;
  return ({ command, step, args }, isLast) => {
    const before = step > 0 && held?.command === command ? held.args : {};
    const all = { ...before, ...args };
    held = isLast ? undefined : { command, args: all };
    return all;
  };
};
