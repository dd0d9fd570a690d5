import { contrast, darkenForWhiteText, hexColour, textContrastMin } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';

/** A colour, how white text reads on it, and the nearest one that would do. */
export const FaceColour = ({
  label,
  colour,
  onColour,
}: {
  readonly label: string;
  readonly colour: string;
  readonly onColour: (colour: string) => void;
}) => {
  const { t } = useWords();
  const isColour = hexColour.test(colour);
  const ratio = isColour ? contrast('#ffffff', colour) : 0;
  const isFine = ratio >= textContrastMin;
  const offer = isColour && !isFine ? darkenForWhiteText(colour) : null;
  // Down to the hundredth: what is refused must not read as 4.50.
  const shown = (Math.floor(ratio * 100) / 100).toFixed(2);
  return (
    <div className="face-colour">
      <input
        type="color"
        className="face-swatch"
        aria-label={t('cardFace.colour.pick', { label })}
        value={isColour ? colour.toLowerCase() : '#000000'}
        onChange={({ currentTarget }) => {
          onColour(currentTarget.value);
        }}
      />
      <input
        className="field figures"
        aria-label={t('cardFace.colour.code', { label })}
        aria-invalid={!isFine}
        value={colour}
        maxLength={7}
        spellCheck={false}
        onChange={({ currentTarget }) => {
          onColour(currentTarget.value);
        }}
      />
      <span role="status" className={isFine ? 'tone-granted' : 'tone-denied'}>
        {isColour ? null : t('cardFace.colour.none')}
        {isColour && isFine ? t('cardFace.colour.fine', { ratio: shown }) : null}
        {offer === null ? null : t('cardFace.colour.low', { ratio: shown })}
      </span>
      {offer === null ? null : (
        <button
          type="button"
          className="button face-offer"
          onClick={() => {
            onColour(offer);
          }}
        >
          <i style={{ background: offer }} aria-hidden="true" />
          {t('cardFace.colour.take', { colour: offer })}
        </button>
      )}
    </div>
  );
};
