/**
 * The overlay's look. Sizes are pixels: the page's own root font size must not change
 * them. Every pair of text and ground has a contrast of 4.5:1 or more, light and dark.
 */
export const style = `
:host {
  all: initial !important; display: block !important; position: fixed !important; inset: 0 auto auto 0 !important;
  width: 0 !important; height: 0 !important; z-index: 2147483647 !important;
}
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
.card {
  color-scheme: light dark;
  --surface: light-dark(#ffffff, #1d1b26); --sunken: light-dark(#efedf6, #262433); --line: light-dark(#dedaea, #353246);
  --field: light-dark(#8a859c, #77728c);
  --text: light-dark(#1c1928, #ecebf3); --muted: light-dark(#5f5b70, #a8a4bb);
  --accent: light-dark(#5b3fd6, #a997ff); --on-accent: light-dark(#ffffff, #17132b);
  --good: light-dark(#166f49, #52c795); --slow: light-dark(#8d5300, #f0b04a); --over: light-dark(#b2332a, #f4857b);
  --tone: var(--muted);
  position: fixed; width: 252px; max-width: 100vw; max-height: 100vh; overflow: hidden auto; scrollbar-width: thin;
  background: var(--surface); color: var(--text);
  border: 1px solid var(--line); border-top: 3px solid var(--tone); border-radius: 12px; padding: 9px 12px 10px;
  font: 13px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; text-align: start; direction: ltr;
  box-shadow: 0 6px 24px rgb(0 0 0 / .16); user-select: none; -webkit-user-select: none;
}
.card[data-theme=light] { color-scheme: light; }
.card[data-theme=dark] { color-scheme: dark; }
.card[data-tone=good] { --tone: var(--good); }
.card[data-tone=slow] { --tone: var(--slow); }
.card[data-tone=over] { --tone: var(--over); }

.header, .mini { display: flex; align-items: center; gap: 2px; cursor: grab; touch-action: none; }
.header:active { cursor: grabbing; }
button.handle {
  flex: 0 1 auto; min-width: 0; min-height: 24px; border: 0; background: none; padding: 0; border-radius: 4px;
  font-weight: 650; cursor: inherit; text-align: start;
}
.status { flex: 1 0 auto; text-align: end; white-space: nowrap; color: var(--tone); font-weight: 600; font-size: 12px; }
button.quiet { flex: none; border: 0; background: none; color: var(--muted); width: 24px; min-height: 24px; padding: 0; line-height: 1; }
button.fold { margin-inline-end: -6px; }
button.more { margin-inline-end: -4px; }
.clock { font-size: 40px; line-height: 46px; font-weight: 650; letter-spacing: -.02em; white-space: nowrap; }
.card:is([data-tone=slow], [data-tone=over]) .clock { color: var(--tone); }
.bar { height: 6px; background: var(--sunken); border-radius: 9px; overflow: hidden; margin: 4px 0 8px; }
.bar span { display: block; height: 100%; background: var(--tone); transform: scaleX(0); transform-origin: left; }
dl { display: grid; grid-template-columns: minmax(0, .95fr) minmax(0, 1.4fr) minmax(0, 1.5fr); gap: 6px; margin-bottom: 8px; }
dt, legend, .footer, .code label span { color: var(--muted); font-size: 11px; }
dd { font-weight: 600; }
button.handle, dd, .footer span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }

button {
  min-height: 30px; min-width: 0; border: 1px solid var(--line); background: var(--surface); color: var(--text);
  border-radius: 8px; font: inherit; font-weight: 600; padding: 0 4px; cursor: pointer; white-space: nowrap;
}
button:hover:enabled:not(.main, .quiet, .handle) { background: var(--sunken); }
button.quiet:hover { color: var(--text); }
button.main { background: var(--accent); color: var(--on-accent); border-color: transparent; }
button.main:hover:enabled { filter: brightness(1.08); }
button:active:enabled:not(.handle) { transform: translateY(1px); }
button:disabled { color: var(--muted); cursor: default; opacity: .55; }
button.main:disabled { background: var(--sunken); color: var(--muted); border-color: var(--line); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.keys { display: grid; grid-template-columns: 1.2fr 1.35fr 1.05fr .9fr; gap: 4px; }
.keys button { padding: 0; }

.footer { display: flex; justify-content: space-between; gap: 8px; min-height: 16px; margin-top: 8px; }
.sent { flex: none; max-width: 70%; }
.sent[data-warn=true], .warn { color: var(--slow); font-weight: 600; }
.box { background: var(--sunken); border-radius: 8px; padding: 8px; font-size: 12px; overflow-wrap: anywhere; }
.footer ~ .box, .row, .panel, .links { margin-top: 8px; }
.panel, .links { border-top: 1px solid var(--line); padding-top: 8px; }
.answers { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 6px; }
.answers button { flex: 1 1 auto; padding: 0 2px; }
.row { display: flex; justify-content: space-between; align-items: center; gap: 8px; font-size: 12px; color: var(--muted); }
.box > button { width: 100%; margin-top: 6px; }
.code { display: grid; grid-template-columns: 1fr auto; align-items: end; gap: 4px; margin-top: 6px; }
.code label span { display: block; }
ul { list-style: none; max-height: 120px; overflow: auto; }
li { display: flex; justify-content: space-between; align-items: start; gap: 4px; margin-top: 4px; }
li .quiet { font-size: 15px; }

input, select {
  font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--field); border-radius: 6px;
  min-height: 28px; padding: 0 6px; width: 100%; min-width: 0; user-select: text; -webkit-user-select: text;
}
input[type=checkbox] { width: 16px; min-height: 16px; height: 16px; margin: 1px 0 0; flex: none; accent-color: var(--accent); }
.panel { font-size: 12px; }
.settings { display: grid; gap: 6px; }
fieldset { border: 0; display: grid; gap: 4px; min-width: 0; }
legend { margin-bottom: 2px; }
.field { display: grid; grid-template-columns: 1fr 1.15fr; align-items: center; gap: 8px; line-height: 1.25; }
.check { display: flex; gap: 8px; align-items: start; line-height: 1.35; }
.result:empty { display: none; }
.links { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; }

.card[data-collapsed=true] { width: auto; padding: 6px 8px; border-top-width: 1px; overflow: visible; }
.mini { gap: 8px; white-space: nowrap; }
.mini b { font-size: 17px; line-height: 30px; font-weight: 650; }
.mini button, .row button, .code button { padding: 0 10px; }
.mini .open { min-width: 30px; padding: 0; }
.mini .open[data-news=true] { color: var(--slow); border-color: var(--slow); }
.number { color: var(--muted); }
.number:empty { display: none; }
.dot { width: 9px; height: 9px; border-radius: 50%; background: var(--tone); flex: none; }
.live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.edge { position: absolute; inset: 12px auto 12px 0; width: 6px; cursor: ew-resize; touch-action: none; border-radius: 3px; }

.full { container-type: inline-size; }
@container (max-width: 215px) {
  dl, .keys { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .header { flex-wrap: wrap; }
  button.handle { flex: 1 1 0; }
  .status { order: 1; flex-basis: 100%; text-align: start; }
}

.passed { animation: passed 900ms ease-out 1; }
@keyframes passed { 25% { background: color-mix(in srgb, var(--tone) 26%, var(--surface)); } }
@media (prefers-reduced-motion: reduce) {
  .passed { animation-name: none; }
  button:active:enabled:not(.handle) { transform: none; }
}
@media (forced-colors: active) { .bar span, .dot { background: Highlight; forced-color-adjust: none; } }
`;
