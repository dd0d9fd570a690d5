import { theme as kit } from 'antd';
import type { ThemeConfig } from 'antd';
import type { Theme } from '../theme/use-theme.ts';
import { colours, fontStack, radiusPx } from '../theme/tokens.ts';
import type { ColourName } from '../theme/tokens.ts';

/** Our colours and measures as the kit's own: what it draws looks like the rest of the page. */
export const kitTheme = ({ scheme, accent }: Theme): ThemeConfig => {
  const colour = (name: ColourName): string => colours[name][scheme];
  return {
    algorithm: scheme === 'dark' ? kit.darkAlgorithm : kit.defaultAlgorithm,
    token: {
      colorPrimary: accent.accent,
      colorLink: accent.accent,
      colorSuccess: colour('granted'),
      colorWarning: colour('attention'),
      colorError: colour('alarm'),
      colorText: colour('text'),
      colorTextSecondary: colour('quiet'),
      colorTextTertiary: colour('quiet'),
      colorTextPlaceholder: colour('quiet'),
      colorBgBase: colour('surface'),
      colorBgContainer: colour('surface'),
      colorBgElevated: colour('surface'),
      colorBgLayout: colour('ground'),
      colorBorder: colour('edge'),
      colorBorderSecondary: colour('line'),
      colorSplit: colour('line'),
      borderRadius: radiusPx,
      fontFamily: fontStack,
      fontSize: 14,
      controlHeight: 40,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.15s',
      boxShadow: 'var(--shadow)',
      boxShadowSecondary: 'var(--shadow)',
    },
    components: {
      Table: {
        headerBg: colour('surface'),
        headerColor: colour('quiet'),
        headerSplitColor: 'transparent',
        rowHoverBg: colour('sunken'),
        borderColor: colour('line'),
        cellPaddingBlock: 14,
        cellPaddingBlockSM: 7,
        headerSortActiveBg: colour('surface'),
        headerSortHoverBg: colour('sunken'),
        bodySortBg: colour('surface'),
      },
      Segmented: {
        trackBg: colour('unknownSoft'),
        itemColor: colour('quiet'),
        itemSelectedColor: colour('text'),
        itemSelectedBg: colour('surface'),
      },
      Select: { optionSelectedBg: accent.accentSoft, optionSelectedColor: colour('text') },
      Tooltip: { colorBgSpotlight: colour('text'), colorTextLightSolid: colour('ground') },
    },
  };
};
