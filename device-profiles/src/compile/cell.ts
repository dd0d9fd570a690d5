import type { CodecFault, PlainField, Value } from '@gatehouse/protocols';
import type { ModbusBlock } from '../compiled.ts';
import type { ModbusBinding, Register, RegisterWrite } from '../language/bindings.ts';
import type { ValueEntry } from '../language/values.ts';
import { createModelCodec } from './field-codec.ts';

/** One value in registers or bits, in both directions. */
export type Cell = {
  /** Registers or bits of one value. */
  readonly width: number;
  readonly read: (block: ModbusBlock) => Outcome<Value>;
  /** Registers with other values in their other bits are written as 0 there. */
  readonly write: (value: Value) => Outcome<readonly number[]>;
};
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: CodecFault };

type Kind = Register['type'];
type Keys = Pick<Register | RegisterWrite, 'type' | 'bits' | 'enum' | 'length'> &
  Partial<Pick<Register, 'scale' | 'offset' | 'unknown'>>;

const registersOf: Readonly<Partial<Record<Kind, number>>> = {
  u32: 2,
  i32: 2,
  f32: 2,
  u64: 4,
  i64: 4,
  f64: 4,
};

/** Registers, or bits of coils and inputs, that one value takes. */
export const widthOf = ({ type, length }: Keys): number =>
  registersOf[type] ?? (length === undefined ? 1 : Math.ceil(length / 2));

export type Orders = Pick<ModbusBinding, 'wordOrder' | 'byteOrder'>;

/** The same value as a field of bytes: one codec serves all wires. */
export const registerField = (
  keys: Keys,
  content: Pick<PlainField, 'const' | 'value'>,
): PlainField => ({
  ...content,
  type: keys.type === 'bit' ? 'u8' : keys.type,
  ...(keys.bits === undefined ? {} : { bits: keys.bits }),
  ...(keys.scale === undefined ? {} : { scale: keys.scale }),
  ...(keys.offset === undefined ? {} : { offset: keys.offset }),
  ...(keys.enum === undefined ? {} : { enum: keys.enum }),
  ...(keys.unknown === undefined ? {} : { unknown: keys.unknown }),
  ...(keys.type === 'text' ? { length: widthOf(keys) * 2, pad: '\0' } : {}),
  ...(keys.type === 'bcd' ? { length: widthOf(keys) * 2 } : {}),
});

/** @param entry what the value may be; undefined for a constant of the wire */
export const createCell = (
  keys: Keys,
  content: Pick<PlainField, 'const' | 'value'>,
  entry: ValueEntry | undefined,
  orders: Orders,
): Cell => {
  const isBit = keys.type === 'bit';
  const width = widthOf(keys);
  const path = content.value ?? '';
  const codec = createModelCodec({
    fields: [registerField(keys, content)],
    entryOf: () => entry,
    params: {},
  });
  const wordOrder = keys.type === 'text' ? 'big' : orders.wordOrder;
  const layout = { isBit, ...orders, wordOrder };
  const read = (block: ModbusBlock): Outcome<Value> => {
    const got = codec.read(bytesOf(block, layout));
    if (!got.ok) return { ok: false, fault: got.fault };
    return { ok: true, value: got.values[path] ?? null };
  };
  const write = (value: Value): Outcome<readonly number[]> => {
    const put = codec.write(path === '' ? {} : { [path]: value });
    return put.ok
      ? { ok: true, value: wordsOf(put.bytes, layout) }
      : { ok: false, fault: put.fault };
  };
  return { width, read, write };
};

type Layout = {
  readonly isBit: boolean;
  readonly wordOrder?: Orders['wordOrder'];
  readonly byteOrder?: Orders['byteOrder'];
};

const bytesOf = (block: ModbusBlock, { isBit, wordOrder, byteOrder }: Layout): Uint8Array => {
  if (isBit) return Uint8Array.from(block, Number);
  const words = [...block].map(Number);
  const ordered = wordOrder === 'little' ? words.toReversed() : words;
  return Uint8Array.from(
    ordered.flatMap((word) =>
      byteOrder === 'little' ? [word & 0xff, word >> 8] : [word >> 8, word & 0xff],
    ),
  );
};

const wordsOf = (bytes: Uint8Array, { isBit, wordOrder, byteOrder }: Layout): readonly number[] => {
  if (isBit) return [...bytes];
  const words: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) {
    const [first = 0, second = 0] = bytes.subarray(i, i + 2);
    words.push(byteOrder === 'little' ? (second << 8) | first : (first << 8) | second);
  }
  return wordOrder === 'little' ? words.toReversed() : words;
};
