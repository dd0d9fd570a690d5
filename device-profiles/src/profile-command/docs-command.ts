import { devicePage } from '../docs-pages/device-page.ts';
import { indexPage } from '../docs-pages/index-page.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';
import { goodProfile, namedModels } from './profiles.ts';

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { all: 'boolean', json: 'boolean', out: 'value' });
  if (parsed === undefined) return exitCodes.usage;
  const { names, flags } = parsed;
  if ((names.length === 0) === !flags.has('all')) {
    ports.complain('Name ids or files, or --all');
    return exitCodes.usage;
  }
  const models = await namedModels(ports, names, flags.has('all'));
  const profiles = (models ?? []).map((model) => goodProfile(ports, model));
  const good = profiles.filter((profile) => profile !== undefined);
  if (models === undefined || good.length < profiles.length) return exitCodes.faulty;
  const pages = pagesOf(good, flags.has('all'));
  const folder = flags.get('out');
  if (flags.has('json')) ports.print(JSON.stringify(Object.fromEntries(pages), undefined, 2));
  else if (folder === undefined) ports.print(pages.map(([, text]) => text).join('\n'));
  else return written(ports, folder, pages);
  return exitCodes.good;
};

type Page = readonly [file: string, text: string];

/** By file name; with an index where all are there. */
const pagesOf = (profiles: readonly DeviceProfile[], all: boolean): readonly Page[] => [
  ...(all ? [['README.md', indexPage(profiles)] as const] : []),
  ...profiles.map((profile) => [`${profile.id}.md`, devicePage(profile)] as const),
];

const written = async (
  ports: CommandPorts,
  folder: string,
  pages: readonly Page[],
): Promise<number> => {
  for (const [file, text] of pages) {
    if (await ports.bench.writeFile(`${folder}/${file}`, text)) continue;
    ports.complain(`${folder}/${file} cannot be written`);
    return exitCodes.faulty;
  }
  ports.print(`${pages.length} pages in ${folder}`);
  return exitCodes.good;
};

export const docsCommand: Subcommand = {
  name: 'docs',
  usage: '<id or file …> | --all  [--out FOLDER] [--json]',
  what: 'a page per model, zh and en: wires, values, commands, safety, frames, what is invented',
  run,
};
