import { getI18n } from 'react-i18next';
import en from '../i18n/mine-en.json' with { type: 'json' };
import zh from '../i18n/mine-zh.json' with { type: 'json' };

/** The words of the sheets that do not travel with the pass. */
export const addMineWords = (): void => {
  const i18n = getI18n();
  i18n.addResourceBundle('zh', 'translation', zh);
  i18n.addResourceBundle('en', 'translation', en);
};
