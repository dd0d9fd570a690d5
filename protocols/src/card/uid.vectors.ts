import type { UidRefusal } from './uid.ts';

export type UidVector = {
  readonly source: string;
  readonly text: string;
  readonly uid?: string;
  readonly refused?: UidRefusal;
};

export const uidVectors: readonly UidVector[] = [
  {
    source: 'NTAG213 as read in TI E2E thread 790060',
    text: '040CAC12ED4C81',
    uid: '040CAC12ED4C81',
  },
  {
    source: 'the same chip as the same thread has it read badly: 88 and the first three bytes',
    text: '88040C12',
    refused: 'unreadable_uid',
  },
  { source: 'the default of nfc-mfsetuid (libnfc)', text: '01234567', uid: '01234567' },
  {
    source: 'invented (single size, a reader that writes small)',
    text: '5a7f19c2',
    uid: '5A7F19C2',
  },
  { source: 'invented (EM4100, five bytes)', text: '1F00A3B4C5', uid: '1F00A3B4C5' },
  {
    source: 'invented (ISO/IEC 15693: E0 first)',
    text: 'e004010203040506',
    uid: 'E004010203040506',
  },
  {
    source: 'invented (triple size of ISO/IEC 14443-3)',
    text: '0411223344556677AABB',
    uid: '0411223344556677AABB',
  },
  {
    source: 'wabson/chafon-rfid tests: EPC of 96 bits',
    text: 'e2806915000050324241cced',
    uid: 'E2806915000050324241CCED',
  },
  {
    source: 'pretix docs, UID-based NFC; NXP AN10927: 08 first is a random one',
    text: '08A1B2C3',
    refused: 'random_uid',
  },
  { source: 'NXP AN10927: only of four bytes', text: '08A1B2C3D4E5F6', uid: '08A1B2C3D4E5F6' },
  { source: 'invented (antenna off)', text: '00000000', refused: 'unreadable_uid' },
  { source: 'invented (line cut)', text: 'FFFFFFFFFFFFFF', refused: 'unreadable_uid' },
  { source: 'invented (three bytes)', text: '040CAC', refused: 'unreadable_uid' },
  { source: 'invented (half a byte)', text: '040CAC12E', refused: 'unreadable_uid' },
  { source: 'invented (13 bytes)', text: '00'.repeat(12) + '01', refused: 'unreadable_uid' },
  { source: 'invented (signs between bytes)', text: '04:0C:AC:12', refused: 'unreadable_uid' },
  { source: 'invented (spaces around)', text: ' 040CAC12 ', refused: 'unreadable_uid' },
  { source: 'invented (line end left on)', text: '040CAC12\n\n', refused: 'unreadable_uid' },
  {
    source: 'invented (digits of another script)',
    text: '０４０ＣＡＣ１２',
    refused: 'unreadable_uid',
  },
  // U+212A is a K, which is no digit; U+00DF becomes two letters in upper case.
  { source: 'invented (a letter that grows)', text: '040CAC1\u00df', refused: 'unreadable_uid' },
  { source: 'invented (nothing)', text: '', refused: 'unreadable_uid' },
];
