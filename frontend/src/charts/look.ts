// Colours and letters of the charts: the design tokens as they are now, light or dark.

export interface Look {
  ink: string;
  soft: string;
  off: string;
  rule: string;
  sheet: string;
  accent: string;
  series: string[];
  font: string;
  /** Patterns beside the colours, for who asks for more contrast. */
  patterns: boolean;
  moves: boolean;
}

const MOST = 10;
const MOVES_LESS = "prefers-reduced-motion: reduce";

export function look(): Look {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const asks = (query: string) => matchMedia(query).matches;
  return {
    ink: token("ink"),
    soft: token("soft"),
    off: token("break"),
    rule: token("rule"),
    sheet: token("sheet"),
    accent: token("accent"),
    series: Array.from({ length: MOST }, (_, place) => token(`series-${place + 1}`)),
    font: getComputedStyle(document.body).fontFamily,
    patterns: asks("(prefers-contrast: more)") || asks("(forced-colors: active)"),
    moves: !asks(`(${MOVES_LESS})`),
  };
}

/** Call `again` when the reader's scheme, contrast or wish for rest changes. */
export function onOtherLook(again: () => void): void {
  for (const query of ["prefers-color-scheme: dark", "prefers-contrast: more", "forced-colors: active", MOVES_LESS]) {
    matchMedia(`(${query})`).addEventListener("change", again);
  }
}
