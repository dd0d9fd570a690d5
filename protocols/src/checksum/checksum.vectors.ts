import type { ChecksumType } from '../framing/framing.ts';

export type ChecksumVector = {
  readonly source: string;
  readonly type: ChecksumType;
  /** Bytes as hexadecimal text. */
  readonly hex: string;
  readonly value: number;
};

/** "123456789" in ASCII: the check value of the catalogue. */
const check = '31 32 33 34 35 36 37 38 39';
const catalogue = (name: string, type: ChecksumType, value: number): ChecksumVector => ({
  source: `RevEng catalogue, check of CRC-${name}`,
  type,
  hex: check,
  value,
});

export const checksumVectors: readonly ChecksumVector[] = [
  catalogue('8/SMBUS', 'crc8-smbus', 0xf4),
  catalogue('8/MAXIM-DOW', 'crc8-maxim', 0xa1),
  catalogue('16/MODBUS', 'crc16-modbus', 0x4b37),
  catalogue('16/XMODEM', 'crc16-xmodem', 0x31c3),
  catalogue('16/IBM-3740', 'crc16-ibm-3740', 0x29b1),
  catalogue('16/KERMIT', 'crc16-kermit', 0x2189),
  catalogue('16/IBM-SDLC', 'crc16-x25', 0x906e),
  catalogue('16/MCRF4XX', 'crc16-mcrf4xx', 0x6f91),
  catalogue('16/ARC', 'crc16-arc', 0xbb3d),
  catalogue('16/CMS', 'crc16-cms', 0xaee7),
  catalogue('32/ISO-HDLC', 'crc32', 0xcbf43926),
  {
    source: 'Mach Power AC-ATRI-018 manual p. 12: left-open, address 1',
    type: 'xor',
    hex: 'EB 01 40 00',
    value: 0xaa,
  },
  {
    source: 'Nova Fitness SDS011, Laser Dust Sensor Control Protocol V1.3: query data',
    type: 'sum8',
    hex: 'D4 04 3A 0A A1 60',
    value: 0x1d,
  },
  {
    source: 'Winsen MH-Z19 datasheet: read CO2',
    type: 'sum8-negated',
    hex: '01 86 00 00 00 00 00',
    value: 0x79,
  },
  {
    source: 'Digi XBee 802.15.4 manual, API operation: checksum example',
    type: 'sum8-inverted',
    hex: '23 11',
    value: 0xcb,
  },
  { source: 'the sum itself', type: 'sum16', hex: 'FF FF 02', value: 0x0200 },
  {
    source: 'Zebra DS457 Product Reference Guide p. 6-31: initialisation response',
    type: 'sum16-negated',
    hex: '0C 80 00 00 00 08 20 00 00 F0 00 F0',
    value: 0xfd6c,
  },
  {
    source: 'Eastron SDM320Y manual p. 41: read 0x0156',
    type: 'crc16-modbus',
    hex: '01 04 01 56 00 02',
    value: 0x2790,
  },
  {
    source: 'Grow GM65 manual p. 32, 8.3: write zone bit',
    type: 'crc16-xmodem',
    hex: '08 01 00 0A 3E',
    value: 0x4ccf,
  },
  {
    source: 'Innovative Technology SSP manual GA138: sync',
    type: 'crc16-cms',
    hex: '80 01 11',
    value: 0x8265,
  },
];
