/** The one style sheet of a report: system fonts, light and dark, narrow screens and print. Figures take their colours from it. */
export const style = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1f2328;--soft:#57606a;--line:#d9dee4;--faint:#eef1f4;--accent:#0072b2;--good:#116329;--good-bg:#dafbe1;--bad:#a40e26;--bad-bg:#ffebe9;--open:#7d4e00;--open-bg:#fff8c5;--figure-surface:#fff}
@media screen and (prefers-color-scheme:dark){:root{--ground:#0b0e13;--card:#12171e;--ink:#e6edf3;--soft:#9aa4af;--line:#2b323b;--faint:#1a2029;--accent:#56b4e9;--good:#7ee787;--good-bg:#12321c;--bad:#ffa198;--bad-bg:#4a1216;--open:#e3b341;--open-bg:#3a2d06;--figure-surface:#12171e}}
*{box-sizing:border-box}
html{font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink)}
.page{max-width:62rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem}
a{color:var(--accent)}
h1,h2,h3{line-height:1.25;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:2rem;font-weight:680;letter-spacing:-.015em;margin:0 0 .5rem}
h2{font-size:1.3rem;font-weight:650;margin:0 0 1rem}
p{margin:0 0 1rem;max-width:46rem;overflow-wrap:anywhere}
.lede{font-size:1.15rem;color:var(--soft);margin-bottom:.75rem}
.meta{font-size:.875rem;color:var(--soft);margin:0}
nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;padding:.75rem 0 0;margin:1.25rem 0 1.5rem;border-top:1px solid var(--line);font-size:.9rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.5rem 1.75rem;margin:0 0 1.25rem}
section>:last-child{margin-bottom:0}
ul{margin:0 0 1rem;padding-left:1.25rem;max-width:46rem}
li{margin:.2rem 0;overflow-wrap:anywhere}
.verdict{font-size:1.3rem;line-height:1.45;max-width:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:0 0 1.25rem}
.tiles div{display:flex;flex-direction:column;box-shadow:0 0 0 .5px var(--line);padding:.9rem 1rem}
.tiles dt{font-size:.84rem;color:var(--soft);overflow-wrap:anywhere}
.tiles dd{margin:0;overflow-wrap:anywhere}
.tiles .value{font-size:1.75rem;font-weight:650;line-height:1.4;font-variant-numeric:tabular-nums}
.tiles .value .state{font-size:1.2rem}
.tiles .small{font-size:.84rem;color:var(--soft);line-height:1.4}
.scroll{overflow-x:auto;margin:0 0 1.25rem;max-width:100%}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;line-height:1.45;font-variant-numeric:tabular-nums;min-width:min(100%,26rem)}
caption{text-align:left;font-weight:600;font-size:.875rem;padding:0 0 .4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line)}
th{font-weight:500;max-width:16rem;overflow-wrap:break-word}
td{max-width:26rem;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:.25rem}
thead th{font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:1.5px solid var(--soft)}
.num{text-align:right;padding-left:.6rem}
td.num{white-space:nowrap}
tfoot th,tfoot td{background:var(--faint)}
tfoot th:first-child{padding-left:.5rem}
tbody th:first-child,thead th:first-child{padding-left:.5rem}
tfoot tr:first-child>*{border-top:1.5px solid var(--soft)}
.scroll:not(:has(svg)) tr>:first-child{position:sticky;left:0;background:var(--card)}
tfoot tr>:first-child{background:var(--faint)!important}
.num .note{min-width:8rem}
.facts th{width:14rem;color:var(--soft);font-weight:400}
.facts{width:100%}
.facts td{overflow-wrap:anywhere;max-width:none}
.note{display:block;font-size:.8rem;color:var(--soft);white-space:normal}
code,pre{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
td code{white-space:nowrap}
.facts code:not(.hash),p code{white-space:normal;overflow-wrap:anywhere}
.hash{display:inline-block;max-width:13ch;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;vertical-align:bottom;user-select:all;-webkit-user-select:all;cursor:copy}
.facts .hash:hover,.facts .hash:active{max-width:none}
.state{display:inline-block;border-radius:999px;padding:.02em .6em;font-weight:600;font-size:.9em;white-space:nowrap}
.good{color:var(--good);background:var(--good-bg)}
.bad{color:var(--bad);background:var(--bad-bg)}
.open{color:var(--open);background:var(--open-bg)}
figure{margin:0 0 1.25rem}
figure svg{display:block;width:auto;height:auto;max-width:100%;min-width:min(30rem,calc(var(--natural)*1px));transform:translateX(calc(-1600%/var(--natural)))}
figure>.scroll{margin-bottom:.25rem}
figure>:last-child{margin-bottom:0}
figcaption{font-size:.9rem;color:var(--soft);max-width:46rem;margin:.25rem 0 .5rem;overflow-wrap:anywhere}
details{margin:0 0 1rem;font-size:.95rem}
summary{cursor:pointer;color:var(--accent);width:fit-content;font-size:.9rem;padding:.2rem 0}
details[open]>summary{margin-bottom:.75rem}
details>:last-child{margin-bottom:0}
pre{background:var(--faint);border:1px solid var(--line);border-radius:8px;padding:.9rem 1rem;margin:0;overflow-x:auto}
footer{font-size:.84rem;color:var(--soft);padding:.25rem}
@media (max-width:40rem){.page{padding:1.25rem .75rem 2rem}section{padding:1.1rem 1rem}h1{font-size:1.5rem}.verdict{font-size:1.12rem}.facts,.facts tbody,.facts tr,.facts th,.facts td{display:block;width:auto;max-width:none}.facts caption{display:block}.facts th{border:0;padding-bottom:0}.facts td{padding-left:.5rem}.tiles{grid-template-columns:1fr 1fr}.tiles .value{font-size:1.35rem}.tiles .value .state{font-size:1rem}}
@media print{@page{margin:16mm}html{font-size:10.5pt}body,.page{background:none;padding:0;max-width:none}nav,.skip{display:none}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:1rem 0}.scroll{overflow:visible}tr,figure,.tiles,h2{break-inside:avoid}h2{break-after:avoid}.hash,.facts .hash{max-width:none;white-space:normal;overflow-wrap:anywhere}.state{border:1px solid currentColor}figure svg{min-width:0}pre{white-space:pre-wrap}}
`
