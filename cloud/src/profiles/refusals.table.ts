import type { Text } from '@gatehouse/protocols';

/** Why a version is not published, or nothing comes of a try-out; codes are stable. */
export const refusalTexts = {
  vectors_fail: { zh: '有向量不成立', en: 'Some vectors do not hold' },
  not_covered: { zh: '有内容没有向量证明', en: 'Some of it is proven by no vector' },
  not_higher: { zh: '版本号须高于现用版本', en: 'The version must be above the live one' },
  version_too_small: {
    zh: '改动需要更大的版本号',
    en: 'What it changes demands a higher version',
  },
  not_readable: { zh: '此版本已不能读取', en: 'This release cannot read it any more' },
  nothing_before: { zh: '没有更早的版本可退回', en: 'There is no version before it' },
} as const satisfies Readonly<Record<string, Text>>;

export const tryFaultTexts = {
  not_hex: {
    zh: '请输入成对的十六进制数字，如 02 1A',
    en: 'Type pairs of hexadecimal digits, such as 02 1A',
  },
  nothing: { zh: '没有可解码的内容', en: 'There is nothing to decode' },
  not_typed: {
    zh: '此键盘布局打不出这些字符',
    en: 'The keyboard layout of this profile cannot type this',
  },
  not_utf8: { zh: '请求须为 UTF-8 文本', en: 'A request is text in UTF-8' },
  only_types: {
    zh: '键盘式扫码器不接受命令',
    en: 'A scanner that is a keyboard takes no commands',
  },
  no_text: { zh: '此接线不是文本', en: 'This wire carries no text' },
  no_request: {
    zh: '请同时给出读请求帧（RTU，含校验）',
    en: 'Give the read request too (an RTU frame with its CRC)',
  },
  bad_reply: {
    zh: '这个应答不属于该请求，或校验不对',
    en: 'This is no reply to that request, or its checksum is wrong',
  },
  unknown_command: { zh: '档案中没有这个命令', en: 'The profile has no such command' },
  bad_args: { zh: '参数不符合档案', en: 'An argument is not what the profile allows' },
} as const satisfies Readonly<Record<string, Text>>;
