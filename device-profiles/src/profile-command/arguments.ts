import type { CommandPorts } from './ports.ts';

/** `boolean` stands alone, `value` takes the word behind it. */
export type Flags = Readonly<Record<string, 'boolean' | 'value'>>;

export type ParsedArgs = {
  readonly names: readonly string[];
  /** Those that were given; the value of a `boolean` is empty. */
  readonly flags: ReadonlyMap<string, string>;
};

/** Complains of what it does not know; undefined then. */
export const parsedArgs = (
  ports: Pick<CommandPorts, 'complain'>,
  args: readonly string[],
  known: Flags,
): ParsedArgs | undefined => {
  const names: string[] = [];
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? '';
    if (!word.startsWith('--')) {
      names.push(word);
      continue;
    }
    const [name = '', joined] = word.slice(2).split('=', 2);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    const value = kind === 'boolean' ? '' : (joined ?? args[i + 1]);
    if (kind === undefined || value === undefined || (kind === 'boolean' && joined !== undefined)) {
      const options = Object.keys(known).map((flag) => `--${flag}`);
      const hint = options.length === 0 ? 'there are no options' : `use ${options.join(', ')}`;
      ports.complain(kind === 'value' ? `--${name} needs a value` : `${word} is unknown: ${hint}`);
      return undefined;
    }
    if (kind === 'value' && joined === undefined) i += 1;
    flags.set(name, value);
  }
  return { names, flags };
};
