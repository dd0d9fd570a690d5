import type { Text } from '@gatehouse/protocols';

/** Why a card has ended, in a notice. */
export const takenBack: Text = {
  zh: '所属的批量发卡文件已撤销',
  en: 'the file of cards that it came from was taken back',
};
