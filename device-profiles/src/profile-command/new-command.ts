import { idOf } from '../scaffold/draft.ts';
import { Answers, parsedAnswers } from '../scaffold/answers.ts';
import { askedAnswers } from '../scaffold/questions.ts';
import { scaffold } from '../scaffold/scaffold.ts';
import type { Scaffold } from '../scaffold/scaffold.ts';
import Value from 'typebox/value';
import { parsedArgs } from './arguments.ts';
import { exitCodes } from './ports.ts';
import type { CommandPorts, Subcommand } from './ports.ts';

const run = async (ports: CommandPorts, args: readonly string[]): Promise<number> => {
  const parsed = parsedArgs(ports, args, { answers: 'value' });
  const [path, ...more] = parsed?.names ?? [];
  if (parsed === undefined || path === undefined || more.length > 0) {
    if (parsed !== undefined) ports.complain('Name one new file, such as my-lock.yaml');
    return exitCodes.usage;
  }
  if ((await ports.read(path)) !== undefined) {
    ports.complain(`${path} is there already: name a new file`);
    return exitCodes.faulty;
  }
  const answers = await answersOf(ports, parsed.flags.get('answers'));
  if (typeof answers === 'string') {
    ports.complain(answers);
    return exitCodes.faulty;
  }
  const name = path.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  const date = ports.bench.date().slice(0, 10);
  const made = scaffold(answers, { id: idOf(name), date });
  if (!made.ok) {
    ports.complain(made.fault);
    return exitCodes.faulty;
  }
  return written(ports, path, made);
};

const answersOf = async (
  ports: CommandPorts,
  file: string | undefined,
): Promise<Answers | string> => {
  if (file !== undefined) {
    const text = await ports.read(file);
    if (text === undefined) return `${file} cannot be read`;
    return parsedAnswers(text, file);
  }
  const asked = await askedAnswers(ports.bench.ask, ports.print);
  if (asked === undefined) return 'Nobody answers here: give --answers answers.json';
  return Value.Check(Answers, asked) ? asked : 'These answers make no profile: ask again';
};

const written = async (
  ports: CommandPorts,
  path: string,
  { text, notes, vectors, missing }: Extract<Scaffold, { readonly ok: true }>,
): Promise<number> => {
  const file = await ports.bench.createFile(path, 'all');
  if (file === undefined) {
    ports.complain(`${path} cannot be made`);
    return exitCodes.faulty;
  }
  await file.write(text);
  await file.close();
  for (const note of notes) ports.print(`  ${note}`);
  ports.print(`${path}: ${vectors} vectors from what was pasted; test still asks for`);
  for (const { path: at, why } of missing) ports.print(`  ${at}: ${why}`);
  ports.print(`Go on with   npm run profile -- check ${path}   test ${path}   sim ${path}`);
  return exitCodes.good;
};

export const newCommand: Subcommand = {
  name: 'new',
  usage: '<file> [--answers answers.json]',
  what: 'writes a first profile from a few answers; frames that are pasted tell the rest',
  run,
};
