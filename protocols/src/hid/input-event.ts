/**
 * `struct input_event` of Linux (linux/input.h): a time of two machine words, `__u16 type`,
 * `__u16 code`, `__s32 value`. 24 bytes for a 64-bit program, 16 for a 32-bit one. Little endian.
 */
export const inputEventBytes = [24, 16] as const;
export type InputEventBytes = (typeof inputEventBytes)[number];

export type InputEvent = {
  readonly type: number;
  readonly code: number;
  readonly value: number;
};

/** linux/input-event-codes.h, "Event types" and "Synchronization events". */
export const eventTypes = { syn: 0x00, key: 0x01, msc: 0x04 } as const;
export const synCodes = { report: 0, dropped: 3 } as const;
/** Of `EV_KEY` (Documentation/input/event-codes.rst): 2 is the repeat of a key that is held. */
export const keyValues = { released: 0, pressed: 1, repeated: 2 } as const;

/** `type`, `code` and `value`, behind the time. */
const bodyBytes = 8;

/** The time is left zero: nobody reads it. */
export const formatInputEvent = (event: InputEvent, size: InputEventBytes): Uint8Array => {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer, size - bodyBytes);
  view.setUint16(0, event.type, true);
  view.setUint16(2, event.code, true);
  view.setInt32(4, event.value, true);
  return bytes;
};

/** Bytes to events, whatever pieces they come in; holds at most one event that is not whole. */
export const createInputEventReader = (
  size: InputEventBytes,
): { readonly push: (chunk: Uint8Array) => readonly InputEvent[] } => {
  const held = new Uint8Array(size);
  const view = new DataView(held.buffer, size - bodyBytes);
  let length = 0;
  return {
    push: (chunk) => {
      const events: InputEvent[] = [];
      for (let at = 0; at < chunk.length;) {
        const taken = chunk.subarray(at, at + size - length);
        held.set(taken, length);
        length += taken.length;
        at += taken.length;
        if (length < size) break;
        length = 0;
        events.push({
          type: view.getUint16(0, true),
          code: view.getUint16(2, true),
          value: view.getInt32(4, true),
        });
      }
      return events;
    },
  };
};
