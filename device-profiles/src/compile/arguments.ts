import type { CodecFault } from '@gatehouse/protocols';
import type { Args } from '../compiled.ts';
import type { ArgEntry } from '../language/model.ts';
import { own, valueFault } from '../language/values.ts';

export type FilledArgs =
  | { readonly ok: true; readonly args: Args }
  | { readonly ok: false; readonly fault: CodecFault; readonly at: string };

type Entries = Readonly<Record<string, ArgEntry>> | undefined;

/**
 * The arguments of a command, or the parameters of a device: what was not given takes its default,
 * and a value that the model does not allow goes to no wire. Names that the model lacks are left
 * out: a reader without a lamp still beeps.
 */
export const filledArgs = (entries: Entries, given: Args, part = 'args'): FilledArgs => {
  const known = entries ?? {};
  const args: Record<string, Args[string]> = {};
  for (const [name, entry] of Object.entries(known)) {
    const value = own(given, name) ?? entry.default;
    if (value === undefined) return { ok: false, fault: 'missing', at: `${part}.${name}` };
    if (value === null || valueFault(entry, value) !== undefined) {
      const fault = entry.type === 'enum' ? 'unknown_value' : 'out_of_range';
      return { ok: false, fault, at: `${part}.${name}` };
    }
    args[name] = value;
  }
  return { ok: true, args };
};
