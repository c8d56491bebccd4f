/** The look of a report. It follows the reader's choice of light or dark, and prints well. */
export const style = `
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e6e8eb); --faint: light-dark(#5c6670, #9aa4ae);
  --line: light-dark(#d8dde2, #3a424a); --page: light-dark(#ffffff, #14181c); --mark: light-dark(#0b62c4, #6cb2ff);
  --worse: light-dark(#b3261e, #ff8a80); --better: light-dark(#1a7f37, #7ee2a8); }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 76rem;
  margin: 2rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin-top: 2.2rem }
p.faint, caption, .faint { color: var(--faint) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .8rem 0 }
th, td { text-align: right; padding: .3rem .6rem; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap }
th:first-child, td:first-child { text-align: left; white-space: normal }
td.text, th.text { text-align: left; white-space: normal }
thead th { border-bottom: 2px solid var(--line); font-weight: 600 }
caption { text-align: left; caption-side: bottom; padding-top: .4rem; white-space: normal }
.worse { color: var(--worse) } .better { color: var(--better) }
.scroll { overflow-x: auto } figure { margin: 1rem 0 } figcaption { color: var(--faint) }
svg { max-width: 100%; height: auto } svg text { fill: var(--ink); font: 12px system-ui, sans-serif }
svg .axis { stroke: var(--line) } svg .mark { fill: var(--mark); stroke: var(--mark) }
svg .value { fill: none; stroke: var(--faint) }
code { font-size: .92em }
details { margin: .6rem 0 } summary { cursor: pointer }
@media print { body { margin: 0; max-width: none } }
`;
