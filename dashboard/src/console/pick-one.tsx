/** A choice of one, or of everything: the browser's own list, because every reader knows it. */
export const PickOne = <Id extends string>({
  label,
  all,
  chosen,
  options,
  onChoose,
}: {
  readonly label: string;
  readonly all: string;
  readonly chosen: Id | undefined;
  readonly options: readonly { readonly id: Id; readonly text: string }[];
  readonly onChoose: (id: Id | undefined) => void;
}) => (
  <select
    className="field"
    aria-label={label}
    value={chosen ?? ''}
    onChange={({ currentTarget }) => {
      onChoose(options.find(({ id }) => id === currentTarget.value)?.id);
    }}
  >
    <option value="">{all}</option>
    {options.map(({ id, text }) => (
      <option key={id} value={id}>
        {text}
      </option>
    ))}
  </select>
);
