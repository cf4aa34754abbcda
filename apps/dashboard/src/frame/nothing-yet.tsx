import "./nothing-yet.css";

/** What a panel shows until the loop gets there: what will stand here, and when. */
export function NothingYet({ sentence }: { readonly sentence: string }) {
  return (
    <p className="nothing-yet">
      <svg viewBox="0 0 48 12" width="48" height="12" aria-hidden="true">
        <path d="M1 6c4-5 7.5-5 11.5 0s7.5 5 11.5 0 7.5-5 11.5 0 7.5 5 11.5 0" />
      </svg>
      {sentence}
    </p>
  );
}
