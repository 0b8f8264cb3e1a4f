// The page's style: light and dark by the reader's setting or the button, and for print, where only what is read remains.

export const STYLE = `
:root { color-scheme: light; --ink: #1b1f24; --paper: #ffffff; --soft: #57606a; --line: #d0d7de; --tint: #f3f5f8; --mark: #0969da; --bar: #7aa6d6; --best: #0b6e4f; --bad: #b3261e; --heat: #d55e00; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; --ink: #e6edf3; --paper: #0d1117; --soft: #9aa4af; --line: #30363d; --tint: #161b22; --mark: #58a6ff; --bar: #3f6ea5; --best: #3fb68b; --bad: #ff7b72; --heat: #e0803a; } }
:root[data-theme=dark] { color-scheme: dark; --ink: #e6edf3; --paper: #0d1117; --soft: #9aa4af; --line: #30363d; --tint: #161b22; --mark: #58a6ff; --bar: #3f6ea5; --best: #3fb68b; --bad: #ff7b72; --heat: #e0803a; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1340px; padding: 1.2rem; font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; margin: 0 0 .4rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); padding-bottom: .2rem; } h3 { margin: 1.2rem 0 .3rem; font-size: 1.02rem; } h4 { margin: 1rem 0 .3rem; }
.note, caption, .soft { color: var(--soft); font-size: .9rem; } .finding { font-size: 1.02rem; }
.bad { color: var(--bad); font-weight: 600; }
header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; } nav a { margin-right: .9rem; color: var(--mark); }
button, select, input { font: inherit; color: inherit; background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .2rem .5rem; }
button { cursor: pointer; } :focus-visible { outline: 2px solid var(--mark); outline-offset: 1px; }
.scroll { overflow-x: auto; } .controls { display: flex; flex-wrap: wrap; gap: .8rem; align-items: center; margin: .5rem 0; } .controls input { min-width: 18rem; }
table { border-collapse: collapse; font-size: .88rem; margin: .4rem 0 1rem; } caption { text-align: left; padding: .2rem 0; }
th, td { padding: .22rem .55rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; } th { background: var(--tint); font-weight: 600; vertical-align: bottom; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } thead th button { border: 0; background: none; padding: 0; font-weight: 600; white-space: nowrap; }
#table td:not(.n), tbody th { white-space: nowrap; } [data-cell] { cursor: pointer; } tbody tr[data-cell]:hover td, td[data-cell]:hover { outline: 1px solid var(--mark); outline-offset: -1px; }
td.heat { background: color-mix(in srgb, var(--heat) var(--h, 0%), transparent); } td.best, .best-text { font-weight: 700; } tr.refused td, td.refused { color: var(--soft); } tr.failed td, tr.unequal td { color: var(--bad); }
pre { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; overflow-x: auto; font-size: .85rem; } ul { margin: .3rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
svg { max-width: 100%; height: auto; display: block; margin: .3rem 0; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .small { fill: var(--soft); font-size: 11px; } svg .group { font-weight: 600; } svg .end { text-anchor: end; } svg .mid { text-anchor: middle; }
svg .bar { fill: var(--bar); } svg .best { fill: var(--best); } svg .axis { stroke: var(--line); } svg .one { stroke: var(--soft); } svg .context { fill: var(--tint); stroke: var(--soft); } svg .edge { fill: none; stroke: var(--mark); } svg .tip { fill: var(--mark); } svg .count { font-size: 12px; font-weight: 600; }
.legend span { margin-right: .9rem; white-space: nowrap; font-size: .88rem; } .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; border-radius: 2px; vertical-align: -1px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; font-size: .9rem; } dt { font-weight: 600; } dd { margin: 0; }
@media print { :root, :root[data-theme=dark], :root:not([data-theme=light]) { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --tint: #f4f4f4; --mark: #24537f; --bar: #8fb0d0; --best: #0b6e4f; --bad: #8c1c13; --heat: #d55e00; }
  body { max-width: none; padding: 0; font-size: 10pt; } nav, .controls, #more, #theme, .screen { display: none !important; } h2 { break-after: avoid; } tr, svg g { break-inside: avoid; } table { font-size: 7.5pt; } .scroll { overflow: visible; } * { print-color-adjust: exact; } }
`;
