/**
 * The overlay's look. Sizes are pixels, so that the page's own font size does not change
 * them. Every text has a contrast of 4.5:1 or more with its background, light and dark.
 */
export const style = `
:host { all: initial !important; display: contents !important; }
* { box-sizing: border-box; margin: 0; padding: 0; min-width: 0; }
[hidden] { display: none !important; }
.card {
  color-scheme: light dark;
  --surface: light-dark(#fff, #1d1b26); --sunken: light-dark(#efedf6, #262433); --line: light-dark(#dedaea, #353246);
  --text: light-dark(#1c1928, #ecebf3); --muted: light-dark(#5f5b70, #a8a4bb);
  --accent: light-dark(#5b3fd6, #a997ff); --slow: light-dark(#8d5300, #f0b04a); --tone: var(--muted);
  position: fixed; z-index: 2147483647; max-height: 100vh; overflow: hidden auto;
  background: var(--surface); color: var(--text);
  border: 1px solid var(--line); border-top: 3px solid var(--tone); border-radius: 12px; padding: 8px 12px;
  font: 13px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; direction: ltr;
  box-shadow: 0 6px 24px #0003; user-select: none;
}
[data-theme=light] { color-scheme: light; }
[data-theme=dark] { color-scheme: dark; }
[data-tone=good] { --tone: light-dark(#166f49, #52c795); }
[data-tone=slow] { --tone: var(--slow); }
[data-tone=over] { --tone: light-dark(#b2332a, #f4857b); }

.full, .panel, .settings, fieldset, .code, .field, dl, .keys, .links { display: grid; gap: 8px; border: 0; }
.header, .mini, .footer, .row, .check, li, .answers { display: flex; align-items: center; gap: 8px; justify-content: space-between; }
dl, .keys, .links, .answers, .header { gap: 4px; }
.keys { grid-template-columns: 1.2fr 1.35fr 1.05fr .9fr; }
dl { grid-template-columns: .95fr 1.4fr 1.5fr; }
.links { grid-template-columns: 1fr 1fr; }
.field { grid-template-columns: 1fr 1.15fr; align-items: center; }
.code { grid-template-columns: 1fr auto; align-items: end; }
.code, .answers, .box > button { margin-top: 6px; }

dt, legend, .footer, .code span, .row, .number, .quiet { color: var(--muted); }
dt, legend, .footer, .code span { font-size: 11px; }
.status, .box, .panel, .row { font-size: 12px; }
dd, b, button, .status, .clock, .warn { font-weight: 600; }
button, .header, .mini, .clock, .hint { white-space: nowrap; }
.handle, .hint { overflow: hidden; text-overflow: ellipsis; }
.warn, [data-warn=true], [data-news=true] { color: var(--slow); border-color: currentColor; }

.header, .mini { cursor: grab; touch-action: none; }
.header .quiet { margin-right: -6px; }
.status { margin: 0 -6px 0 auto; flex: none; color: var(--tone); }
.clock { font-size: 40px; line-height: 40px; }
:is([data-tone=slow], [data-tone=over]) .clock { color: var(--tone); }
.bar { background: var(--sunken); border-radius: 9px; overflow: hidden; }
.bar span, .dot { display: block; height: 6px; background: var(--tone); transform-origin: left; forced-color-adjust: none; }

button, input, select {
  font: inherit; min-height: 30px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); color: var(--text);
}
button { font-weight: 600; cursor: pointer; }
button:hover { background: var(--sunken); }
button:active { filter: brightness(.9); }
button:disabled { background: var(--sunken); color: var(--muted); cursor: default; opacity: .6; }
.main:enabled { background: var(--accent); color: var(--surface); }
.handle, .quiet { border: 0; background: none; min-height: 24px; cursor: inherit; }
.quiet { flex: none; width: 24px; cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input, select { border-color: var(--muted); padding: 0 6px; width: 100%; user-select: text; }
[type=checkbox] { width: 16px; accent-color: var(--accent); flex: none; }

.box { background: var(--sunken); border-radius: 8px; padding: 8px; overflow-wrap: anywhere; }
.answers { flex-wrap: wrap; }
.answers button { flex: auto; padding: 0 3px; }
.box > button { width: 100%; }
ul { list-style: none; max-height: 120px; overflow: auto; }
.panel { border-top: 1px solid var(--line); padding-top: 8px; }

[data-mini=true] { padding: 6px 8px; border-top-width: 1px; overflow: visible; }
b { font-size: 17px; }
.mini button, .row button, .code button { padding: 0 10px; }
.dot { width: 9px; height: 9px; border-radius: 9px; }
.live { height: 1px; overflow: hidden; opacity: 0; }
.edge { position: absolute; inset: 12px auto 12px 0; width: 6px; cursor: ew-resize; touch-action: none; }

@media (prefers-reduced-motion: no-preference) { .passed { animation: passed .9s; } }
@keyframes passed { 25% { background: color-mix(in srgb, var(--tone) 26%, var(--surface)); } }
`;
