import { framingsOf } from '../compile/wire.ts';
import type { Framing } from '@gatehouse/protocols';
import type { Binding, ModbusBinding, SerialBinding, Transport } from '../language/bindings.ts';
import type { HttpPushBinding } from '../language/http-push.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { UsbHidBinding } from '../language/usb-hid.ts';
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

type WireOf<T> = Extract<Binding, { readonly transport: T }>;

/** One row a wire. */
const rowTable: { readonly [T in Transport]: (binding: WireOf<T>) => readonly Row[] } = {
  serial: (binding) => serialRows(binding),
  modbus: (binding) => modbusRows(binding),
  'usb-hid': (binding) => keyboardRows(binding),
  'http-push': (binding) => pushRows(binding),
};

const rowsOf = (binding: Binding): readonly Row[] =>
  // Each row takes the wire that it is named after.
  (rowTable[binding.transport] as (wire: Binding) => readonly Row[])(binding);

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

const keyboardRows = (binding: UsbHidBinding): readonly Row[] => {
  const { layout, endKey, usb, charsMax, silenceMs } = binding;
  const rows: readonly (readonly [boolean, Row])[] = [
    [true, ['layout', code(layout)]],
    [true, ['endKey', code(endKey)]],
    [usb !== undefined, ['usb', code(usb ?? '')]],
    [true, ['typed', `≤ ${charsMax} ${word('characters')}; ${word('silence')} ${silenceMs} ms`]],
  ];
  return rows.filter(([isThere]) => isThere).map(([, row]) => row);
};

const pushRows = (binding: HttpPushBinding): readonly Row[] => {
  const { body, secret, id, answers, answerWithinMs, heartbeatMs } = binding;
  const answered = (['granted', 'denied', 'accepted'] as const).flatMap((outcome) => {
    const template = answers[outcome];
    return template === undefined
      ? []
      : [`${word(outcome)}: ${template.status ?? 200} ${code(template.body)}`];
  });
  const rows: readonly (readonly [boolean, Row])[] = [
    [true, ['request', body === 'query' ? 'GET, POST /push/…?…' : `POST /push/… (${body})`]],
    [true, ['keyAt', `${secret.in}: ${code(secret.name)}`]],
    [id !== undefined, ['requestId', code(id ?? '')]],
    [true, ['answer', answered.join('<br>')]],
    [true, ['replies', seconds(answerWithinMs)]],
    [heartbeatMs !== undefined, ['heartbeat', seconds(heartbeatMs ?? 0)]],
  ];
  return rows.filter(([isThere]) => isThere).map(([, row]) => row);
};
