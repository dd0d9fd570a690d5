import { families } from '../language/profile.ts';
import { isPart, parsedSample, partForms } from './answers.ts';
import type { Answers } from './answers.ts';

export type Ask = (question: string) => Promise<string | undefined>;

/** One question, its usual answer, and what is wrong with another. */
type Question = {
  readonly key: keyof Answers;
  readonly text: string;
  readonly usual?: string;
  /** @returns what to say where the answer cannot be taken */
  readonly fault: (answer: string) => string | undefined;
  readonly applies?: (answers: Partial<Answers>) => boolean;
};

const oneOf =
  (choices: readonly string[]) =>
  (answer: string): string | undefined =>
    choices.includes(answer) ? undefined : `One of ${choices.join(', ')}`;
const anything = (): string | undefined => undefined;
const something = (answer: string): string | undefined =>
  answer === '' ? 'It needs a name' : undefined;
const numberIn =
  (min: number, max: number) =>
  (answer: string): string | undefined => {
    const value = Number(answer);
    const isGood = Number.isInteger(value) && value >= min && value <= max;
    return isGood ? undefined : `A whole number from ${min} to ${max}`;
  };
const part =
  (name: 'start' | 'end' | 'length' | 'checksum') =>
  (answer: string): string | undefined =>
    isPart(name, answer) ? undefined : partForms[name];

const hasFrames = ({ wire }: Partial<Answers>): boolean => wire === 'frames';
const hasManual = ({ manual }: Partial<Answers>): boolean => (manual ?? '') !== '';
const wires = ['lines', 'frames', 'modbus'] as const;

const questions: readonly Question[] = [
  { key: 'family', text: `Family (${families.join(', ')})`, fault: oneOf(families) },
  { key: 'vendor', text: 'Maker', fault: something },
  { key: 'product', text: 'Product, as it stands on the label', fault: something },
  { key: 'manual', text: 'Manual, its title (empty: none yet)', usual: '', fault: anything },
  {
    key: 'page',
    text: 'Its pages or sections',
    usual: 'all',
    fault: something,
    applies: hasManual,
  },
  {
    key: 'seen',
    text: 'Where you read it (address)',
    usual: 'paper',
    fault: something,
    applies: hasManual,
  },
  { key: 'wire', text: `Wire: ${wires.join(', ')}`, fault: oneOf(wires) },
  { key: 'baud', text: 'Baud', usual: '9600', fault: numberIn(300, 4_000_000) },
  {
    key: 'parity',
    text: 'Parity (none, even, odd)',
    usual: 'none',
    fault: oneOf(['none', 'even', 'odd']),
  },
  {
    key: 'start',
    text: `Start: ${partForms.start}`,
    usual: 'guess',
    fault: part('start'),
    applies: hasFrames,
  },
  {
    key: 'end',
    text: `End: ${partForms.end}`,
    usual: 'guess',
    fault: part('end'),
    applies: hasFrames,
  },
  {
    key: 'length',
    text: `Length: ${partForms.length}`,
    usual: 'guess',
    fault: part('length'),
    applies: hasFrames,
  },
  {
    key: 'checksum',
    text: `Checksum: ${partForms.checksum}`,
    usual: 'guess',
    fault: part('checksum'),
    applies: hasFrames,
  },
  {
    key: 'unit',
    text: 'Modbus unit',
    usual: '1',
    fault: numberIn(1, 247),
    applies: ({ wire }) => wire === 'modbus',
  },
];

const numbers: readonly string[] = ['baud', 'unit'];
const samplesMax = 200;

/** Asks until each answer can be taken. @returns undefined where there is nobody to answer */
export const askedAnswers = async (
  ask: Ask,
  say: (text: string) => void,
): Promise<Partial<Answers> | undefined> => {
  const answers: Record<string, unknown> = {};
  for (const { key, text, usual, fault, applies } of questions) {
    if (applies?.(answers) === false) continue;
    const hint = usual === undefined || usual === '' ? '' : ` [${usual}]`;
    const answer = await answered(ask, say, `${text}${hint}: `, usual, fault);
    if (answer === undefined) return undefined;
    if (answer !== '') answers[key] = numbers.includes(key) ? Number(answer) : answer;
  }
  if (answers['wire'] === 'modbus') {
    say(
      'Registers, one a line: table address type name scale unit, ' +
        'such as holding 0 u16 temperature 0.1 Cel',
    );
    answers['registers'] = await lines(ask, 'register (empty: no more): ', anything);
  }
  say('Examples, one frame a line, hexadecimal or text; > before what is sent to the device');
  const isSample = (answer: string): string | undefined =>
    parsedSample(answer) === undefined ? 'That is no frame' : undefined;
  answers['samples'] = await lines(ask, 'frame (empty: no more): ', isSample, say);
  return answers;
};

const answered = async (
  ask: Ask,
  say: (text: string) => void,
  question: string,
  usual: string | undefined,
  fault: Question['fault'],
): Promise<string | undefined> => {
  for (;;) {
    const typed = await ask(question);
    if (typed === undefined) return undefined;
    const answer = typed.trim() === '' ? (usual ?? '') : typed.trim();
    const problem = fault(answer);
    if (problem === undefined) return answer;
    say(problem);
  }
};

const lines = async (
  ask: Ask,
  question: string,
  fault: Question['fault'],
  say: (text: string) => void = () => undefined,
): Promise<readonly string[]> => {
  const all: string[] = [];
  while (all.length < samplesMax) {
    const line = (await ask(question))?.trim() ?? '';
    if (line === '') return all;
    const problem = fault(line);
    if (problem === undefined) all.push(line);
    else say(problem);
  }
  return all;
};
