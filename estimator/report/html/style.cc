#include "estimator/report/html/style.h"

namespace vigil::html {

const char* const kStyle = R"(
:root{color-scheme:light dark;--bg:#ffffff;--card:#f6f8fa;--ink:#1f2328;--soft:#57606a;
--edge:#d0d7de;--c0:#0b6bcb;--c1:#b45309;--c2:#15803d;--c3:#7e22ce;--c4:#be185d;--c5:#0e7490;
--c6:#57606a;--alarm:#b42318;--alarm-bg:#fff1f0;--note-bg:#fff8e6;--note:#9a6700}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--card:#161b22;--ink:#e6edf3;--soft:#9da7b3;
--edge:#30363d;--c0:#58a6ff;--c1:#f0883e;--c2:#3fb950;--c3:#d2a8ff;--c4:#ff7eb6;--c5:#39c5cf;
--c6:#8b949e;--alarm:#ff8f86;--alarm-bg:#2b1416;--note-bg:#272013;--note:#e3b341}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif;
overflow-wrap:anywhere}
header,main,footer{max-width:54rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
footer{padding-top:1rem;padding-bottom:2rem;color:var(--soft);font-size:.9rem}
h1{font-size:1.5rem;margin:0}
h2{font-size:1.15rem;margin:0 0 .5rem}
section{margin:1.25rem 0;padding:1rem;border:1px solid var(--edge);border-radius:.5rem}
p{margin:.5rem 0}
.soft{color:var(--soft)}
.figure{font-size:2.75rem;line-height:1.1;font-weight:650;margin:0}
.figure small{font-size:1.05rem;font-weight:400;color:var(--soft);margin-left:.5rem}
.note,.alarm{border-left:.3rem solid var(--note);background:var(--note-bg);padding:.6rem .8rem;
border-radius:.25rem;margin:.75rem 0}
.alarm{border-color:var(--alarm);background:var(--alarm-bg)}
.note strong{color:var(--note)}.alarm strong{color:var(--alarm)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.75rem 0 0}
dt{color:var(--soft)}dd{margin:0}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.93rem;overflow-wrap:normal}
caption{text-align:left;font-weight:600;padding-bottom:.35rem}
th,td{padding:.3rem .6rem;border-bottom:1px solid var(--edge);text-align:left;
vertical-align:top}
thead th{color:var(--soft);font-weight:600;border-bottom-width:2px}
tbody th{font-weight:500;min-width:6.5rem;overflow-wrap:anywhere}
.number,.figure-cell{text-align:right;font-variant-numeric:tabular-nums}
td.number{white-space:nowrap}
.alerts{list-style:none;padding:0;margin:.5rem 0}
.alerts li{padding:.6rem .8rem;margin:.5rem 0;border-left:.3rem solid var(--edge)}
.alerts .alarm{border-left-color:var(--alarm)}
details{margin:.5rem 0}
small{color:var(--soft)}
summary{cursor:pointer;color:var(--c0)}
:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
figure{margin:0}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:.5rem 0;padding:0;
font-size:.9rem}
.legend svg{vertical-align:-.15em}
.patterns{position:absolute}
.chart{display:block;width:100%;height:auto}
.chart.narrow{display:none}
.chart text{font:12px system-ui,sans-serif;fill:var(--soft)}
.chart .limit-name{fill:var(--alarm);stroke:var(--bg);stroke-width:3px;paint-order:stroke}
.grid{stroke:var(--edge)}
.axis{stroke:var(--soft);fill:none}
.line{fill:none;stroke-width:2;stroke:var(--c0)}
.step{stroke-width:2.5}.fine{stroke-width:1.2}
.band{fill:var(--c0);fill-opacity:.25}
.hatch{stroke:var(--c0);stroke-width:1.5;fill:none}
.none{fill:var(--c6)}
.limit{stroke:var(--alarm);stroke-width:1.5;stroke-dasharray:7 5;fill:none}
.event{stroke:var(--c3);stroke-width:1.5;stroke-dasharray:2 3;fill:none}
.event-span{fill:var(--c3);fill-opacity:.12}
.chart .event-name{fill:var(--c3);font-weight:600;stroke:var(--bg);stroke-width:3px;
paint-order:stroke}
.reach{stroke:var(--c0);stroke-width:5;stroke-opacity:.45;fill:none}
.bar{vertical-align:-.1em}
.part{stroke:var(--bg);stroke-width:.5}
.mark{fill:var(--bg);stroke:var(--bg);stroke-width:1.2}
.f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}
.f4{fill:var(--c4)}.f5{fill:var(--c5)}.f6{fill:var(--c6)}
.s1{stroke:var(--c1);stroke-dasharray:8 3}.s2{stroke:var(--c2);stroke-dasharray:2 3}
.s3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.s4{stroke:var(--c4);stroke-dasharray:4 3}
.s5{stroke:var(--c5);stroke-dasharray:12 4}.s6{stroke:var(--c6);stroke-dasharray:1 4}
@media(max-width:40rem){
section{padding:.75rem;margin:.9rem 0}
.chart.wide{display:none}.chart.narrow{display:block}
th,td{padding:.3rem .4rem}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
.desk{display:none}
.figure small{display:block;margin:.25rem 0 0}
}
@media print{section{break-inside:avoid}}
)";

}  // namespace vigil::html
