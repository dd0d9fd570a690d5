import { crc16Modbus } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createRtuWire, createTcpWire } from './modbus-wire.ts';

/** A serial line in memory: what was written, and a way to let bytes come. */
const memoryLine = () => {
  const written: string[] = [];
  let data: (chunk: Uint8Array) => void = () => undefined;
  let closes = 0;
  return {
    written,
    closes: () => closes,
    come: (hex: string) => data(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
    line: {
      write: (bytes: Uint8Array) => {
        written.push(Buffer.from(bytes).toString('hex'));
        return Promise.resolve();
      },
      onData: (run: (chunk: Uint8Array) => void) => {
        data = run;
      },
      onClose: () => undefined,
      close: () => {
        closes += 1;
        return Promise.resolve();
      },
    },
  };
};

const frame = (hex: string): Buffer => {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const crc = Buffer.alloc(2);
  crc.writeUInt16LE(crc16Modbus(body));
  return Buffer.concat([body, crc]);
};
const hexFrame = (hex: string): string => frame(hex).toString('hex');

describe('crc16', () => {
  it('makes the CRC of PI-MBUS-300 appendix C: 02 07 is sent as 02 07 41 12', () => {
    expect(hexFrame('02 07')).toBe('02074112');
  });
});

const tcp = () => {
  const memory = memoryLine();
  const wire = createTcpWire(memory.line);
  const answers: string[] = [];
  wire.port.on('data', (reply: Buffer) => void answers.push(reply.toString('hex')));
  const send = (hex: string) => {
    (wire.port as unknown as { write: (b: Buffer) => void }).write(frame(hex));
  };
  return { ...memory, wire, answers, send };
};

describe('the TCP wire', () => {
  it('puts the MBAP header before unit and PDU, a new transaction id each time', () => {
    const { send, written } = tcp();
    send('01 02 00 C4 00 16');
    send('01 06 00 01 00 03');
    expect(written).toEqual(['0001000000060102' + '00c40016', '0002000000060106' + '00010003']);
  });

  it.each([
    ['whole', ['0001 0000 0006 01 02 03 AC DB 35'], 1],
    [
      'byte by byte',
      [...'00010000000601020 3ACDB35'.replaceAll(' ', '').matchAll(/../g)].map(String),
      1,
    ],
    ['another id', ['0009 0000 0006 01 02 03 AC DB 35'], 0],
    ['another id before', ['0000 0000 0006 01 02 03 00 00 00 0001 0000 0006 01 02 03 AC DB 35'], 1],
    ['twice', ['0001 0000 0006 01 02 03 AC DB 35', '0001 0000 0006 01 02 03 AC DB 35'], 1],
  ])('reply %s', (_, chunks, count) => {
    const { send, come, answers } = tcp();
    send('01 02 00 C4 00 16');
    for (const chunk of chunks) come(chunk);
    expect(answers).toEqual(Array(count).fill(hexFrame('01 02 03 AC DB 35')));
  });

  it('drops the reply of a call that was given up', () => {
    const { send, come, answers, wire } = tcp();
    send('01 02 00 C4 00 16');
    wire.giveUp(200);
    come('0001 0000 0006 01 02 03 AC DB 35');
    send('01 02 00 C4 00 16');
    come('0001 0000 0006 01 02 03 AC DB 35');
    expect(answers).toEqual([]);
  });

  it.each([
    ['another protocol', '0001 0007 0006 01 02 03 AC DB 35'],
    ['a length of nothing', '0001 0000 0001 01'],
    ['a length beyond the specification', '0001 0000 00FF 01 02'],
  ])('closes on %s', (_, bytes) => {
    const { come, closes } = tcp();
    come(bytes);
    expect(closes()).toBe(1);
  });
});

const rtu = () => {
  const memory = memoryLine();
  let nowMs = 0;
  const wire = createRtuWire(memory.line, { baud: 9600, now: () => nowMs });
  const answers: string[] = [];
  wire.port.on('data', (reply: Buffer) => void answers.push(reply.toString('hex')));
  const send = (hex: string) => {
    (wire.port as unknown as { write: (b: Buffer) => void }).write(frame(hex));
  };
  return { ...memory, wire, answers, send, to: (ms: number) => (nowMs = ms) };
};
const reply = '01 02 03 AC DB 35';

describe('the RTU wire', () => {
  it.each([
    ['whole', [hexFrame(reply)], [hexFrame(reply)]],
    ['in pieces', [hexFrame(reply).slice(0, 6), hexFrame(reply).slice(6)], [hexFrame(reply)]],
    ['after noise', ['00FF01' + hexFrame(reply)], [hexFrame(reply)]],
    ['an exception', [hexFrame('01 82 02')], [hexFrame('01 82 02')]],
    ['with a flipped bit', [hexFrame(reply).replace('acdb', 'acda')], []],
    ['of another unit', [hexFrame('02 02 03 AC DB 35')], []],
    ['of another function', [hexFrame('01 01 03 CD 6B 05')], []],
    ['with another byte count', [hexFrame('01 02 02 AC DB')], []],
  ])('reply %s', (_, chunks, expected) => {
    const { send, come, answers } = rtu();
    send('01 02 00 C4 00 16');
    for (const chunk of chunks) come(chunk);
    expect(answers).toEqual(expected);
  });

  it('keeps 3.5 characters of silence after a reply', () => {
    const { send, come, wire, to } = rtu();
    send('01 02 00 C4 00 16');
    come(hexFrame(reply));
    expect(wire.restMs(1)).toBe(5);
    to(5);
    expect(wire.restMs(1)).toBe(0);
  });

  it('after a lost reply waits for a whole timeout of silence and drops what comes', () => {
    const { send, come, wire, answers, to } = rtu();
    send('01 02 00 C4 00 16');
    to(200);
    wire.giveUp(200);
    expect(wire.restMs(1)).toBe(200);
    to(390);
    come(hexFrame(reply));
    expect(wire.restMs(1)).toBe(200);
    to(590);
    expect(wire.restMs(1)).toBe(0);
    send('01 02 00 C4 00 16');
    expect(answers).toEqual([]);
    come(hexFrame('01 02 03 00 00 00'));
    expect(answers).toEqual([hexFrame('01 02 03 00 00 00')]);
  });

  it('never answers a call with half a frame that came before it', () => {
    const { send, come, answers, wire } = rtu();
    send('01 02 00 C4 00 16');
    come(hexFrame(reply).slice(0, 10));
    wire.giveUp(200);
    send('01 02 00 C4 00 16');
    come(hexFrame(reply).slice(10));
    expect(answers).toEqual([]);
  });

  it('takes bytes that nobody asked for as a sign to wait', () => {
    const { come, wire } = rtu();
    come('00');
    expect(wire.restMs(1)).toBe(100);
  });

  it('after a lost reply rests for that unit alone', () => {
    const { send, come, wire, answers, to } = rtu();
    send('01 02 00 C4 00 16');
    to(200);
    wire.giveUp(200);
    expect([wire.restMs(1), wire.restMs(2)]).toEqual([200, 5]);
    to(205);
    send('02 02 00 C4 00 16');
    come(hexFrame(reply) + hexFrame('02 02 03 AC DB 35'));
    expect(answers).toEqual([hexFrame('02 02 03 AC DB 35')]);
    expect([wire.restMs(1), wire.restMs(2)]).toEqual([195, 5]);
  });

  it.each([
    ['§6.3 holding registers', '11 03 00 6B 00 03', '11 03 06 AE 41 56 52 43 40'],
    ['§6.4 input registers', '11 04 00 08 00 01', '11 04 02 00 0A'],
    ['§6.11 several coils', '11 0F 00 13 00 0A 02 CD 01', '11 0F 00 13 00 0A'],
    ['§6.12 several registers', '11 10 00 01 00 02 04 00 0A 01 02', '11 10 00 01 00 02'],
  ])('knows how long an answer is: %s', (_, request, answer) => {
    const { send, come, answers } = rtu();
    send(request);
    const hex = hexFrame(answer);
    for (let at = 0; at < hex.length; at += 2) come(hex.slice(at, at + 2));
    expect(answers).toEqual([hex]);
  });
});
