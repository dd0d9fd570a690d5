import { createKeyFrameDecoder, createTyping } from '@gatehouse/protocols';
import type { InputEventBytes } from '@gatehouse/protocols';
import type { Args, SerialCodec } from '../compiled.ts';
import type { SerialBinding } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import type { UsbHidBinding } from '../language/usb-hid.ts';
import { compileSerial } from './serial.ts';

/** Lines that are typed: as those of a wire, but the bytes are `struct input_event`. */
export type UsbHidCodec = {
  readonly transport: 'usb-hid';
  /** `05f9:2203`; undefined where the profile fits several makes. */
  readonly usb: string | undefined;
  /**
   * With the events of a 64-bit or of a 32-bit machine. It has no commands and no polls; its `peer`
   * types, and gives undefined where the layout cannot.
   */
  readonly on: (eventBytes: InputEventBytes) => SerialCodec;
  /** @returns what the keyboard sends that types this text and the end key */
  readonly type: (text: string, eventBytes: InputEventBytes) => Uint8Array | undefined;
};

/** Vectors, and whatever else is tried out on a desk, have the events of a 64-bit machine. */
export const deskEventBytes = 24;

/**
 * What a scanner sends that types this text: a CR at its end is the end key, without it the line
 * stays open. Undefined where the layout cannot type it.
 */
export const typedKeys = (codec: UsbHidCodec, text: string): Uint8Array | undefined => {
  const whole = codec.type(text.replace(/\r$/, ''), deskEventBytes);
  if (whole === undefined || text.endsWith('\r')) return whole;
  const end = codec.type('', deskEventBytes)?.length ?? 0;
  return whole.subarray(0, whole.length - end);
};

/** In UTF-8 a character of a layout has at most three bytes. */
const bytesPerChar = 3;
const lineBytesMin = 16;
const lineBytesMax = 4096;

/** The messages of a keyboard are those of a line of text on a wire. */
export const linesOf = ({ charsMax, silenceMs, messages }: UsbHidBinding): SerialBinding => ({
  transport: 'serial',
  line: { baud: 9600 },
  framing: {
    kind: 'lines',
    lineBytesMax: Math.min(Math.max(charsMax * bytesPerChar, lineBytesMin), lineBytesMax),
    halfLineMaxMs: silenceMs,
  },
  messages,
});

export const compileUsbHid = (model: Model, binding: UsbHidBinding, params: Args): UsbHidCodec => {
  const { layout, endKey, charsMax, silenceMs, usb } = binding;
  const lines = compileSerial(model, linesOf(binding), params);
  const type: UsbHidCodec['type'] = (text, eventBytes) =>
    createTyping({ layout, endKey, eventBytes })(text);
  return {
    transport: 'usb-hid',
    usb,
    type,
    on: (eventBytes) => ({
      ...lines,
      createDecoder: () =>
        createKeyFrameDecoder({ layout, endKey, charsMax, silenceMs, eventBytes }),
      peer: {
        ...lines.peer,
        write: (message, values, event) => {
          const line = lines.peer.write(message, values, event);
          if (line === undefined) return undefined;
          return type(new TextDecoder().decode(line).replace(/\r$/, ''), eventBytes);
        },
      },
    }),
  };
};
