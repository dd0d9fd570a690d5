import { framingsOf } from '../compile/wire.ts';
import type { Framing } from '@gatehouse/protocols';
import type { Binding, ModbusBinding, SerialBinding } from '../language/bindings.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { both, cell, code, heading, seconds, word } from './markdown.ts';
import { pageWords } from './words.table.ts';
import type { PageWord } from './words.table.ts';

type Row = readonly [PageWord, string];

/** How it is connected, one table a binding. */
export const wireSection = ({ bindings }: DeviceProfile): readonly string[] => [
  ...heading('wiring'),
  ...Object.entries(bindings).flatMap(([name, binding], index) => [
    ...(index === 0 ? [] : ['']),
    `| ${code(name)} | ${binding.transport} |`,
    '| --- | --- |',
    ...rowsOf(binding).map(([title, text]) => `| ${both(pageWords[title])} | ${text} |`),
  ]),
];

const rowsOf = (binding: Binding): readonly Row[] =>
  binding.transport === 'serial' ? serialRows(binding) : modbusRows(binding);

type Line = SerialBinding['line'];
const parityLetters = { none: 'N', even: 'E', odd: 'O' } as const;

export const lineText = ({ baud, dataBits, parity, stopBits }: Line): string =>
  `${baud} Bd, ${dataBits ?? 8}${parityLetters[parity ?? 'none']}${stopBits ?? 1}`;

const serialRows = (binding: SerialBinding): readonly Row[] => {
  const { line, framing, sends, polls, replyTimeoutMs } = binding;
  const asked = (polls ?? []).map(({ reply, everyMs }) => `${code(reply)} / ${seconds(everyMs)}`);
  const rows: readonly (readonly [boolean, Row])[] = [
    [true, ['line', lineText(line)]],
    [true, ['framing', framingsText(framing)]],
    [sends !== undefined, ['sends', framingsText(sends ?? framing)]],
    [asked.length > 0, ['asked', asked.join('<br>')]],
    [replyTimeoutMs !== undefined, ['replies', seconds(replyTimeoutMs ?? 0)]],
  ];
  return rows.filter(([isThere]) => isThere).map(([, row]) => row);
};

const framingsText = (framing: SerialBinding['framing']): string =>
  framingsOf(framing).map(framingText).join('<br>');

const framingText = (framing: Framing): string => {
  if (framing.kind === 'lines') {
    return cell(`${word('lines')}, ≤ ${framing.lineBytesMax} B, ${framing.sends ?? 'cr'}`);
  }
  if (framing.kind === 'silence') {
    return cell(`${word('between')}, ${framing.silenceMs} ms, ≤ ${framing.frameBytesMax} B`);
  }
  const { start, end, bytes, length, checksum, frameBytesMax, silenceMs } = framing;
  const parts: readonly (string | undefined)[] = [
    start === undefined ? undefined : `${word('start')} ${code(start)}`,
    bytes === undefined ? undefined : `${word('fixed')} ${bytes} B`,
    length === undefined
      ? undefined
      : `${word('length')} ${length.type} @${length.at} (${word('whole')} ${signed(length.adds)})`,
    checksum === undefined
      ? undefined
      : `${word('checksum')} ${checksum.type} [${checksum.from}, ${checksum.to}) @${checksum.at}`,
    end === undefined ? undefined : `${word('end')} ${code(end)}`,
    `${word('bytesMax')} ${frameBytesMax} B`,
    `${word('silence')} ${silenceMs} ms`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
};

const signed = (number: number): string => (number < 0 ? `− ${-number}` : `+ ${number}`);

const modbusRows = (binding: ModbusBinding): readonly Row[] => {
  const { modes, line, unit, wordOrder, byteOrder, poll } = binding;
  const rhythms = new Set(
    binding.registers.map(({ everyMs }) => everyMs ?? poll.everyMs).toSorted((a, b) => a - b),
  );
  const rows: readonly (readonly [boolean, Row])[] = [
    [true, ['modes', modes.map((mode) => `Modbus ${mode.toUpperCase()}`).join(', ')]],
    [line !== undefined, ['line', line === undefined ? '' : lineText(line)]],
    [true, ['unit', String(unit ?? 1)]],
    [true, ['orders', `${wordOrder ?? 'big'}, ${byteOrder ?? 'big'}`]],
    [rhythms.size > 0, ['asked', [...rhythms].map(seconds).join(', ')]],
    [true, ['replies', seconds(poll.replyTimeoutMs)]],
  ];
  return rows.filter(([isThere]) => isThere).map(([, row]) => row);
};
