/** A gate: an arch, and a bar that lifts. One colour, readable at 16 px. */
export const Mark = ({ size = 28 }: { readonly size?: number }) => (
  <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <path
      d="M5 29V15C5 8.9 9.9 4 16 4s11 4.9 11 11v14"
      fill="none"
      stroke="currentColor"
      strokeWidth="4"
      strokeLinecap="round"
    />
    <path d="M9.5 24.5 22 17" stroke="currentColor" strokeWidth="3.6" strokeLinecap="round" />
  </svg>
);
