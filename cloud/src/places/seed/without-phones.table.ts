/** What the demo's people hold who have no phone, or leave it at home. By English names. */
export const demoUids: readonly {
  readonly name: string;
  readonly uid: string;
  readonly kind: 'card' | 'wristband' | 'tag';
}[] = [
  { name: 'Li Xiaoming', uid: '042F5A8A4C5E80', kind: 'wristband' },
  { name: 'Li Xiaoyu', uid: '04C1D29A6B7F81', kind: 'wristband' },
  { name: 'Li Lei', uid: '5A7F19C2', kind: 'card' },
  { name: 'He Ping', uid: '04B7E2118C6D80', kind: 'tag' },
];

/**
 * Typed as number, PIN, `#`. The hash is scrypt(PIN, salt) with the parameters of `pinScrypt`: the
 * PIN of a demo is no secret.
 */
export const demoPins: readonly {
  readonly name: string;
  readonly number: string;
  readonly pin: string;
  /** 16 bytes as text. */
  readonly salt: string;
  readonly hash: string;
}[] = [
  {
    name: 'Li Lei',
    number: '240007',
    pin: '246813',
    salt: 'east-lake-240007',
    hash: '5764f2d34963c9b0d5c5537c704eb5b7e0c80a04ac2bce2d2faaacb3198a9b22',
  },
];

/** Doors with a head for cards, wristbands and PINs beside the scanner of their entry. */
export const cardReaderProfile = 'gatehouse-reader-r1';
export const doorsWithCardReader: readonly string[] = ['east-gate-1', 'canteen-2', 'north-1-a'];
