import {
  bytesOfHex,
  compileProfile,
  deskEventBytes,
  heard,
  hexText,
  ProfileError,
  typedKeys,
} from '@gatehouse/device-profiles';
import type {
  Args,
  Codec,
  DeviceProfile,
  Encoded,
  Heard,
  ModbusCodec,
  ModbusTable,
  ModbusWrite,
  PushCodec,
  Reading,
  SerialCodec,
  UsbHidCodec,
} from '@gatehouse/device-profiles';
import {
  decodeUtf8,
  parseReply,
  parseRtu,
  rtuFrame,
  utf8,
  writeRequest,
} from '@gatehouse/protocols';
import type { DecodeBody, DecodeView, DeviceValues } from '@gatehouse/protocols';
import { tryFaultTexts } from './refusals.table.ts';

type Frame = DecodeView['frames'][number];
type Asked = Omit<DecodeBody, 'version'>;

/** "Send frame → decoded value", and a command as the bytes that go out. Never throws. */
export const tryOut = (profile: DeviceProfile, asked: Asked): DecodeView => {
  const version = profile.profile;
  const none = { version, frames: [], sends: [] };
  try {
    const codec = compileProfile(profile, asked.binding, asked.params);
    const got =
      asked.command === undefined
        ? received(codec, asked)
        : { sends: sendsOf(codec, asked.command, asked.args ?? {}) };
    return { ...none, fault: null, ...got };
  } catch (error) {
    if (error instanceof TryFault) {
      const { code, at } = error;
      return { ...none, fault: { code, at, text: { ...tryFaultTexts[code] } } };
    }
    if (!(error instanceof ProfileError)) throw error;
    const detail = error.message.split('\n').at(-1) ?? '';
    const text = { zh: detail, en: detail };
    return { ...none, fault: { code: error.code.toLowerCase(), at: detail, text } };
  }
};

/** Ends a try-out where it stands. */
class TryFault extends Error {
  readonly code: keyof typeof tryFaultTexts;
  readonly at: string;

  constructor(code: keyof typeof tryFaultTexts, at: string) {
    super(code);
    this.code = code;
    this.at = at;
  }
}

const hexForm = /^(?:[0-9A-Fa-f]{2}\s*)*$/;

const hexBytes = (text: string, at: string): Uint8Array => {
  const trimmed = text.trim();
  if (!hexForm.test(trimmed)) throw new TryFault('not_hex', at);
  return bytesOfHex(trimmed.replaceAll(/\s/g, ''));
};

const received = (codec: Codec, asked: Asked): Pick<DecodeView, 'frames'> => {
  if (codec.transport === 'modbus') return { frames: [readReply(codec, asked)] };
  if (codec.transport === 'http-push') return { frames: [readPushed(codec, asked)] };
  const bytes = codec.transport === 'usb-hid' ? keys(codec, asked) : askedBytes(asked);
  if (bytes.length === 0) throw new TryFault('nothing', 'hex');
  const line = codec.transport === 'usb-hid' ? codec.on(deskEventBytes) : codec;
  return { frames: heard(line.createDecoder(), bytes).map((one) => frameView(line, one)) };
};

const askedBytes = ({ hex, text }: Asked): Uint8Array =>
  hex === undefined ? utf8(text ?? '') : hexBytes(hex, 'hex');

/** A text is typed, with a CR as the end key; hexadecimal are the events of a 64-bit machine. */
const keys = (codec: UsbHidCodec, { hex, text = '' }: Asked): Uint8Array => {
  if (hex !== undefined) return hexBytes(hex, 'hex');
  const typed = typedKeys(codec, text);
  if (typed === undefined) throw new TryFault('not_typed', 'text');
  return typed;
};

/** What a head sends: the body, or the query where it sends none; its secret is not asked for. */
const readPushed = (codec: PushCodec, asked: Asked): Frame => {
  const bytes = askedBytes(asked);
  const text = decodeUtf8(bytes);
  if (bytes.length === 0) throw new TryFault('nothing', 'hex');
  if (text === undefined) throw new TryFault('not_utf8', 'hex');
  const hex = hexText(bytes);
  const got = codec.read(codec.requestOf(text));
  if (!got.ok) return { ...noFrame, hex, fault: got.fault };
  const { message, reading, isScan } = got;
  // A scan is answered by what is decided: a command shows that.
  const answer = isScan ? null : hexText(utf8(codec.answer('accepted', {}).body));
  return { ...noFrame, hex, message, ...readingView(reading), answer };
};

const noFrame: Frame = {
  hex: '',
  message: null,
  values: {},
  events: [],
  refuses: null,
  answer: null,
  fault: null,
};

/** Lists of a reading are never written into: the view's type only lacks the word. */
const values = (given: Args): DeviceValues => ({ ...given }) as DeviceValues;

const readingView = (reading: Reading): Pick<Frame, 'values' | 'events'> => ({
  values: values(reading.values),
  events: reading.events.map(({ event, fields }) => ({ event, fields: values(fields) })),
});

const frameView = (codec: SerialCodec, one: Heard): Frame => {
  if (one.kind === 'fault') return { ...noFrame, fault: one.fault };
  const hex = hexText(one.bytes);
  const got = codec.read(one.bytes);
  if (!got.ok) return { ...noFrame, hex, fault: got.fault };
  const { message, reading, refuses, answer } = got;
  return {
    hex,
    message,
    ...readingView(reading),
    refuses: refuses ?? null,
    answer: answer === undefined ? null : hexText(answer),
    fault: null,
  };
};

const readTables: Readonly<Record<number, ModbusTable>> = {
  1: 'coil',
  2: 'discrete',
  3: 'holding',
  4: 'input',
};

const readReply = (codec: ModbusCodec, { hex, asked, text }: Asked): Frame => {
  if (text !== undefined) throw new TryFault('no_text', 'text');
  if (hex === undefined) throw new TryFault('nothing', 'hex');
  const bytes = hexBytes(hex, 'hex');
  const request = parseRtu(hexBytes(asked ?? '', 'asked'));
  const [fn = 0, high = 0, low = 0] = request.ok ? request.pdu : [];
  const table = readTables[fn];
  if (!request.ok || table === undefined) throw new TryFault('no_request', 'asked');
  const reply = parseRtu(bytes);
  if (!reply.ok) throw new TryFault('bad_reply', reply.fault);
  const got = parseReply(request.pdu, reply.pdu);
  if (!got.ok) {
    const fault = 'exception' in got ? `exception_${got.exception}` : got.fault;
    return { ...noFrame, hex: hexText(bytes), fault };
  }
  const address = (high << 8) | low;
  const read = codec.read(table, address, got.values);
  const [fault] = read.faults;
  return {
    ...noFrame,
    hex: hexText(bytes),
    message: `${table} ${address}`,
    values: values(read.values),
    fault: fault === undefined ? null : `${fault.fault}: ${fault.path}`,
  };
};

const sendsOf = (codec: Codec, command: string, args: Args): DecodeView['sends'] => {
  const sends = (encoded: Encoded<{ readonly hex: string; readonly reply: string | null }>) => {
    if (encoded.ok) return [...encoded.sends];
    const code = encoded.fault === 'unknown_command' ? 'unknown_command' : 'bad_args';
    throw new TryFault(code, `${encoded.at} ${encoded.fault}`.trim());
  };
  if (codec.transport === 'serial') {
    const encoded = codec.encode(command, args);
    return sends(encoded.ok ? { ok: true, sends: encoded.sends.map(outgoingView) } : encoded);
  }
  if (codec.transport === 'usb-hid') throw new TryFault('only_types', command);
  if (codec.transport === 'http-push') {
    const got = codec.answerOf(command, args);
    const hex = got.ok ? hexText(utf8(got.answer.body)) : '';
    return sends(got.ok ? { ok: true, sends: [{ hex, reply: null }] } : got);
  }
  const encoded = codec.encode(command, args);
  const view = (write: ModbusWrite) => ({ hex: writeHex(codec.unit, write), reply: null });
  return sends(encoded.ok ? { ok: true, sends: encoded.sends.map(view) } : encoded);
};

const outgoingView = ({ bytes, reply }: { bytes: Uint8Array; reply: string | undefined }) => ({
  hex: hexText(bytes),
  reply: reply ?? null,
});

const writeHex = (unit: number, { table, address, values: written, ...rest }: ModbusWrite) => {
  const raw = rest.rawCoil === undefined ? {} : { rawCoil: rest.rawCoil };
  const pdu = writeRequest({
    ...{ area: table, address, values: written, multiple: rest.multiple },
    ...raw,
  });
  return pdu === undefined ? '' : hexText(rtuFrame(unit, pdu));
};
