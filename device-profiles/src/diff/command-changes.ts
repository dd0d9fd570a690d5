import { rtuFrame, writeRequest } from '@gatehouse/protocols';
import type { Codec } from '../codec.ts';
import type { Args, PlainCodec } from '../compiled.ts';
import type { PlainBinding } from '../language/bindings.ts';
import { isSecretArg } from '../language/secrets.ts';
import { hexText } from '../vectors/report.ts';
import { change, pairs } from './change.ts';
import type { Change } from './change.ts';
import { leafChanges, leafText } from './leaf-changes.ts';
import { sampleArgs } from './sample-frames.ts';
import type { Two } from './two.ts';

/** What the old version sends, the new one must send byte for byte. */
export const commandChanges = (two: Two<PlainBinding, PlainCodec>): readonly Change[] =>
  pairs<unknown>(two.bindings[0].commands, two.bindings[1].commands).flatMap(
    ({ name, a: before, b: after }) => {
      const path = `bindings.${two.name}.commands.${name}`;
      if (after === undefined) return [change('major', path, 'is gone')];
      if (before === undefined) return [change('minor', path, 'is new')];
      const other = firstOther(two, name);
      const words = leafText(leafChanges('', before, after));
      if (other !== undefined) return [change('major', path, other)];
      return words === '' ? [] : [change('patch', path, `${words}; sends the same`)];
    },
  );

const firstOther = (two: Two<PlainBinding, PlainCodec>, command: string): string | undefined => {
  const [a, b] = two.codecs;
  for (const args of sampleArgs(two.profiles[0], command)) {
    const before = sentText(a, command, args);
    if (before === undefined) continue;
    const after = sentText(b, command, args);
    if (after === before) continue;
    if (Object.keys(args).some(isSecretArg)) return 'sends other bytes';
    return `${JSON.stringify(args)}: ${before} → ${after ?? 'refused'}`;
  }
  return undefined;
};

/** On the wire, or the answer that carries it; undefined where these arguments are refused. */
export const sentText = (codec: Codec, command: string, args: Args): string | undefined => {
  if (codec.transport === 'usb-hid') return undefined;
  if (codec.transport === 'http-push') {
    const got = codec.answerOf(command, args);
    return got.ok ? `${got.answer.status} ${got.answer.contentType} ${got.answer.body}` : undefined;
  }
  if (codec.transport === 'serial') {
    const encoded = codec.encode(command, args);
    return encoded.ok ? encoded.sends.map(({ bytes }) => hexText(bytes)).join(' | ') : undefined;
  }
  const encoded = codec.encode(command, args);
  if (!encoded.ok) return undefined;
  const frames = encoded.sends.map(({ table, address, values, multiple, rawCoil }) => {
    const raw = rawCoil === undefined ? {} : { rawCoil };
    const pdu = writeRequest({ area: table, address, values, multiple, ...raw });
    return pdu === undefined ? 'no request' : hexText(rtuFrame(codec.unit, pdu));
  });
  return frames.join(' | ');
};
