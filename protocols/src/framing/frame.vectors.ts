import type { FrameFault, FrameFraming, Framing } from './framing.ts';

export type FrameVector = {
  readonly device: string;
  readonly framing: Framing;
  /** Whole frames on the wire, each copied from its source. */
  readonly frames: readonly { readonly source: string; readonly hex: string }[];
  /** Devices escape more than they must: what we send looks otherwise. */
  readonly isOnlyRead?: boolean;
  /** Places of bytes that the device's checksum leaves out: a wrong one is a frame all the same. */
  readonly uncovered?: readonly number[];
  readonly refused?: readonly {
    readonly source: string;
    readonly hex: string;
    readonly fault: FrameFault;
  }[];
};

const frames = (framing: Omit<FrameFraming, 'kind' | 'frameBytesMax' | 'silenceMs'>) =>
  ({ kind: 'frames', frameBytesMax: 64, silenceMs: 50, ...framing }) as const;

const gm65 = 'Grow GM65 User Manual';
const transbank = 'Transbank POS Integrado, Protocolo de Comunicación Caja - POS';
const ld2410 = 'HLK-LD2410C Serial Communication Protocol V1.07';
const ssp = 'Innovative Technology SSP manual GA138, Packet examples';
const pzem = 'Peacefair PZEM-004T manual, illustration of the protocol';
const sds = 'Nova Fitness Laser Dust Sensor Control Protocol V1.3';

export const frameVectors: readonly FrameVector[] = [
  {
    device: 'GM65 scanner, commands',
    framing: frames({
      start: '7E 00',
      length: { at: 3, type: 'u8', adds: 8 },
      checksum: { type: 'crc16-xmodem', from: 2, to: -2, at: -2, order: 'big' },
    }),
    frames: [
      { source: `${gm65} p. 31, 8.2`, hex: '7E 00 07 01 00 0A 01 EE 8A' },
      { source: `${gm65} p. 32, 8.3`, hex: '7E 00 08 01 00 0A 3E 4C CF' },
      { source: 'Hamlet HBCS2D100US manual p. 50', hex: '7E 00 08 01 00 D9 D3 20 38' },
    ],
    refused: [
      {
        source: `${gm65} p. 31: wrong CRC, no output`,
        hex: '7E 00 07 01 00 0A 01 11 22',
        fault: 'bad_checksum',
      },
      {
        source: `${gm65} p. 32: wrong CRC, no output`,
        hex: '7E 00 08 01 00 0A 3E 11 22',
        fault: 'bad_checksum',
      },
    ],
  },
  {
    device: 'GM65 scanner, replies',
    framing: frames({
      start: '02 00',
      length: { at: 3, type: 'u8', adds: 6 },
      checksum: { type: 'crc16-xmodem', from: 2, to: -2, at: -2, order: 'big' },
    }),
    frames: [
      { source: `${gm65} p. 31, 8.2`, hex: '02 00 00 01 3E E4 AC' },
      { source: `${gm65} p. 32, 8.3`, hex: '02 00 00 01 00 33 31' },
    ],
  },
  {
    device: 'Digicon Tx1500 turnstile',
    framing: frames({
      start: '02',
      length: { at: 1, type: 'u16le', adds: 3 },
      checksum: { type: 'xor', from: 0, to: -1, at: -1 },
    }),
    frames: [
      { source: 'Digicon Tx1500 manual p. 31: 1 passage', hex: '02 02 00 48 48' },
      { source: 'Digicon Tx1500 manual p. 31: always free', hex: '02 03 00 4C 48 05' },
      { source: 'Digicon Tx1500 manual p. 31: return OK', hex: '02 02 00 06 06' },
    ],
  },
  {
    device: 'Mach Power AC-ATRI-018 turnstile',
    framing: frames({
      start: 'EB',
      bytes: 5,
      checksum: { type: 'xor', from: 0, to: 4, at: 4 },
    }),
    frames: [
      { source: 'Mach Power AC-ATRI-018 manual p. 12: left-open', hex: 'EB 01 40 00 AA' },
      { source: 'Mach Power AC-ATRI-018 manual p. 12: right-open', hex: 'EB 01 41 00 AB' },
      { source: 'Mach Power AC-ATRI-018 manual p. 12: ban', hex: 'EB 01 4A 00 A0' },
    ],
    refused: [
      {
        source: 'Mach Power AC-ATRI-018 manual p. 12: pole dropping, misprinted',
        hex: 'EB 01 42 00 AB',
        fault: 'bad_checksum',
      },
    ],
  },
  {
    device: 'ZVT payment terminal on TCP',
    framing: frames({ length: { at: 2, type: 'u8', adds: 3 } }),
    frames: [
      {
        source: 'Portalum.Zvt tests: authorisation of 10.00',
        hex: '06 01 07 04 00 00 00 00 10 00',
      },
      { source: 'Portalum.Zvt tests: positive', hex: '80 00 00' },
      { source: 'Portalum.Zvt tests: status information', hex: '04 0F 02 27 00' },
    ],
  },
  {
    device: 'Transbank POS Integrado',
    framing: frames({
      start: '02',
      end: '03',
      checksum: { type: 'xor', from: 1, to: -1, at: -1 },
    }),
    frames: [
      { source: `${transbank}: cálculo LRC`, hex: '02 30 32 30 30 7C 31 32 33 7C 03 31' },
      { source: `${transbank}: poll`, hex: '02 30 31 30 30 03 02' },
      { source: `${transbank}: cierre`, hex: '02 30 35 30 30 7C 7C 03 06' },
      { source: `${transbank}: anulación`, hex: '02 31 32 30 30 7C 31 30 7C 03 01' },
    ],
    refused: [
      {
        source: `${transbank}: respuesta de totales, LRC misprinted`,
        hex: '02 30 37 31 30 7C 30 30 7C 31 7C 32 30 30 30 03 04',
        fault: 'bad_checksum',
      },
    ],
  },
  {
    device: 'HLK-LD2410C presence radar, commands',
    framing: frames({
      start: 'FD FC FB FA',
      length: { at: 4, type: 'u16le', adds: 10 },
      end: '04 03 02 01',
    }),
    frames: [
      { source: `${ld2410} 2.2.1`, hex: 'FD FC FB FA 04 00 FF 00 01 00 04 03 02 01' },
      {
        source: `${ld2410} 2.2.1, reply`,
        hex: 'FD FC FB FA 08 00 FF 01 00 00 01 00 40 00 04 03 02 01',
      },
      { source: `${ld2410} 2.2.2`, hex: 'FD FC FB FA 02 00 FE 00 04 03 02 01' },
    ],
  },
  {
    device: 'HLK-LD2410C presence radar, reports',
    framing: frames({
      start: 'F4 F3 F2 F1',
      length: { at: 4, type: 'u16le', adds: 10 },
      end: 'F8 F7 F6 F5',
    }),
    frames: [
      {
        source: `${ld2410} 2.3.2, basic`,
        hex: 'F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5',
      },
    ],
  },
  {
    device: '125 kHz reader with checksum in digits',
    framing: frames({
      start: '02',
      end: '03',
      bytes: 14,
      checksum: { type: 'xor', from: 1, to: -3, at: -3, digits: true, overDigits: true },
    }),
    frames: [
      {
        source: 'Seeed Studio 125Khz RFID module, UART: card 62E3086CED',
        hex: '02 36 32 45 33 30 38 36 43 45 44 30 38 03',
      },
    ],
  },
  {
    device: 'ID-12LA reader with three bytes behind the checksum',
    framing: frames({
      start: '02',
      end: '0D 0A 03',
      checksum: { type: 'xor', from: 1, to: -5, at: -5, digits: true, overDigits: true },
    }),
    frames: [
      {
        source: 'ID-2/12/20 LA datasheet X1 p. 4: data 0C000621A58E',
        hex: '02 30 43 30 30 30 36 32 31 41 35 38 45 0D 0A 03',
      },
    ],
  },
  {
    device: 'SDS011 dust sensor, both directions in one framing',
    framing: frames({
      start: 'AA',
      end: 'AB',
      checksum: { type: 'sum8', from: 2, to: -2, at: -2 },
    }),
    uncovered: [1],
    frames: [
      { source: `${sds}, query data`, hex: 'AA C0 D4 04 3A 0A A1 60 1D AB' },
      {
        source: `${sds}, query data, host`,
        hex: 'AA B4 04 00 00 00 00 00 00 00 00 00 00 00 00 FF FF 02 AB',
      },
      { source: `${sds}, firmware`, hex: 'AA C5 07 0F 07 0A A1 60 28 AB' },
    ],
  },
  {
    device: 'PZEM-004T meter: fixed size, no start',
    framing: frames({ bytes: 7, checksum: { type: 'sum8', from: 0, to: -1, at: -1 } }),
    frames: [
      { source: `${pzem}: set address`, hex: 'B4 C0 A8 01 01 00 1E' },
      { source: `${pzem}: voltage 230.2 V`, hex: 'A0 00 E6 02 00 00 88' },
      { source: `${pzem}: power 2200 W`, hex: 'A2 08 98 00 00 00 42' },
    ],
  },
  {
    device: 'Chafon CF-RU5102 UHF reader: length first, no start',
    framing: frames({
      length: { at: 0, type: 'u8', adds: 1 },
      checksum: { type: 'crc16-mcrf4xx', from: 0, to: -2, at: -2 },
    }),
    frames: [
      { source: 'chafon-rfid tests: inventory', hex: '04 00 01 DB 4B' },
      { source: 'chafon-rfid tests: no tag', hex: '05 00 01 FB F2 3D' },
      {
        source: 'chafon-rfid tests: one tag',
        hex: '13 00 01 01 01 0C E2 80 69 15 00 00 50 32 42 41 CC ED 57 78',
      },
    ],
  },
  {
    device: 'NV9USB note validator: start doubled inside',
    framing: frames({
      start: '7F',
      length: { at: 2, type: 'u8', adds: 5 },
      checksum: { type: 'crc16-cms', from: 1, to: -2, at: -2 },
      escape: { mark: '7F' },
    }),
    frames: [
      { source: `${ssp}: sync`, hex: '7F 80 01 11 65 82' },
      { source: `${ssp}: reply`, hex: '7F 80 01 F0 23 80' },
      { source: `${ssp}: serial number`, hex: '7F 80 05 F0 00 1C 96 2C D4 97' },
    ],
  },
  {
    device: 'Zebra DS457 engine on SSI',
    framing: frames({
      length: { at: 0, type: 'u8', adds: 2 },
      checksum: { type: 'sum16-negated', from: 0, to: -2, at: -2, order: 'big' },
    }),
    frames: [
      {
        source: 'Zebra DS457 Product Reference Guide p. 6-31: command',
        hex: '0A 80 04 00 00 06 20 00 00 FF FE 4D',
      },
      {
        source: 'Zebra DS457 Product Reference Guide p. 6-31: response',
        hex: '08 80 00 00 00 04 06 00 FF 6E',
      },
    ],
  },
  {
    device: 'Winnsen locker board: no checksum',
    framing: frames({ start: '90', length: { at: 1, type: 'u8', adds: 0 }, end: '03' }),
    frames: [
      { source: 'Winnsen codec tests: open station 1 lock 5', hex: '90 06 05 01 05 03' },
      { source: 'Winnsen codec tests: success', hex: '90 07 85 01 05 01 03' },
    ],
  },
  {
    device: 'TPW-321ASP swing gate: no length, no checksum',
    framing: frames({ start: '02', end: '04' }),
    frames: [{ source: 'TPW-321ASP manual Appendix C p. 14: connect', hex: '02 FF 00 04' }],
  },
  {
    device: 'MH-Z19 CO2 sensor',
    framing: frames({
      start: 'FF',
      bytes: 9,
      checksum: { type: 'sum8-negated', from: 1, to: -1, at: -1 },
    }),
    frames: [
      { source: 'Winsen MH-Z19 datasheet: read', hex: 'FF 01 86 00 00 00 00 00 79' },
      { source: 'mh-z19 crate tests: 608 ppm', hex: 'FF 86 02 60 47 00 00 00 D1' },
    ],
  },
  {
    device: 'XBee in API mode 2: escaped by flipping',
    framing: frames({
      start: '7E',
      length: { at: 1, type: 'u16', adds: 4 },
      checksum: { type: 'sum8-inverted', from: 3, to: -1, at: -1 },
      escape: { mark: '7D', flip: '20' },
    }),
    isOnlyRead: true,
    frames: [
      {
        source: 'Digi XBee 802.15.4 manual, API operation: escaped frame',
        hex: '7E 00 02 23 7D 31 CB',
      },
    ],
  },
  {
    device: 'ICP DAS DCON with checksum: only an end, digits',
    framing: frames({
      end: '0D',
      checksum: { type: 'sum8', from: 0, to: -3, at: -3, digits: true },
    }),
    frames: [
      { source: 'ICP DAS M-7084 manual p. 28: $012 with B7', hex: '24 30 31 32 42 37 0D' },
      {
        source: 'ICP DAS M-7084 manual p. 28: !01200600 with AA',
        hex: '21 30 31 32 30 30 36 30 30 41 41 0D',
      },
    ],
  },
  {
    device: 'ADAM 4055 in lines',
    framing: { kind: 'lines', lineBytesMax: 64, halfLineMaxMs: 50, sends: 'cr' },
    frames: [
      { source: 'ADAM 4000 manual 7-7: !112200', hex: '21 31 31 32 32 30 30 0D' },
      { source: 'ADAM 4000 manual 7-9: #140005', hex: '23 31 34 30 30 30 35 0D' },
    ],
  },
  {
    device: 'Modbus RTU between silences',
    framing: { kind: 'silence', silenceMs: 50, frameBytesMax: 256 },
    frames: [
      { source: 'Waveshare Modbus RTU Relay wiki: flash on', hex: '01 05 02 00 00 07 8D B0' },
    ],
  },
];
