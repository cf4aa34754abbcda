/**
 * The style sheet of reports. Colours meet WCAG 2.2 AA on both grounds: texts 4.5 to 1, marks of plots 3 to 1, which a test
 * in a browser measures. Paper is always light.
 */
export const STYLE = `
:root{color-scheme:light dark;--ground:#fff;--panel:#f5f6f8;--line:#d5d9df;--text:#1a1d21;--soft:#565d66;--link:#0b57a4;--mark:#2f6fab;--other:#b65d00;--grid:#e3e6ea;--pass:#1a6d34;--warn:#8a5300;--fail:#b3261e;--hold:#6a3fb0}
@media screen and (prefers-color-scheme:dark){:root{--ground:#14171a;--panel:#1e2328;--line:#3a4149;--text:#e7e9ec;--soft:#a8b1bb;--link:#86bdf5;--mark:#62a6e8;--other:#eda45c;--grid:#2b3137;--pass:#69c985;--warn:#e8b25a;--fail:#ff9a90;--hold:#c3a6f5}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0 auto;max-width:72rem;padding:1rem clamp(.75rem,3vw,2rem) 3rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
h2{font-size:1.25rem;line-height:1.3;margin:2.25rem 0 .75rem}
h3{font-size:1.05rem;line-height:1.3;margin:0 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
main:focus{outline:none}
.skip{position:absolute;left:-999rem}
.skip:focus{position:static}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0;padding:0}
nav a{display:inline-block;padding:.2rem 0}
.soft,footer,figcaption,.note{color:var(--soft)}
footer,.note{font-size:.875rem}
footer{border-top:1px solid var(--line);margin-top:3rem;padding-top:1rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:.5rem;margin:1rem 0}
.figures>div{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0;font-size:1.2rem;font-variant-numeric:tabular-nums}
.figures dd small{display:block;color:var(--soft);font-size:.8rem}
.state{font-weight:600;white-space:nowrap}
.pass{color:var(--pass)}.warn{color:var(--warn)}.fail{color:var(--fail)}.hold{color:var(--hold)}
.verdict{border-left:.4rem solid;background:var(--panel);padding:.6rem 1rem;border-radius:.25rem;font-size:1.1rem;max-width:none}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
.scroll>table{min-width:100%}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top;overflow-wrap:normal}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}
tbody th{font-weight:500}
caption{text-align:left;color:var(--soft);font-size:.9rem;padding-bottom:.2rem}
.number{text-align:right;white-space:nowrap}
.bins td{text-align:right}
.name{min-width:6.5rem;max-width:24rem;overflow-wrap:anywhere}
.words{min-width:11rem;max-width:26rem;overflow-wrap:anywhere}
bdi,code{white-space:pre-wrap}
bdi{overflow:clip}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.look h3{margin:1.25rem 0 0}
.look .note{margin:.1rem 0 .25rem}
ul.look{list-style:none;margin:0;padding:0}
ul.look li{padding:.35rem 0;border-bottom:1px solid var(--line)}
.card{border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1rem;margin:0 0 1rem;content-visibility:auto;contain-intrinsic-size:auto 26rem}
.scroll+.card{margin-top:1rem}
.card header{display:flex;flex-wrap:wrap;gap:.25rem .75rem;align-items:baseline}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(19rem,100%),1fr));gap:1rem 2rem;align-items:start}
.two>*{min-width:0}
.list{display:grid;grid-template-columns:auto 1fr;gap:.15rem 1rem;margin:.25rem 0;font-size:.95rem}
.list dt{color:var(--soft)}
.list dd{margin:0;font-variant-numeric:tabular-nums}
figure{margin:.75rem 0}
figcaption{font-size:.875rem}
svg{display:block;width:100%;max-width:34rem;height:auto;color:var(--text)}
svg.wide{width:auto;max-width:none}
svg.bars{max-width:23rem}
svg text{fill:var(--soft);font-size:12px}
svg .strong{fill:var(--text)}
svg .point{paint-order:stroke;stroke:var(--ground);stroke-width:3px}
svg .mark{fill:var(--mark)}
svg .other{fill:none;stroke:var(--other);stroke-width:2}
svg .grid{stroke:var(--grid);fill:none}
svg .front{fill:none;stroke:var(--mark);stroke-width:1.5}
svg .axis{stroke:var(--soft);fill:none}
svg .beyond{fill:var(--soft)}
svg .fail{fill:var(--fail)}svg .warn{fill:var(--warn)}svg .hold{fill:var(--hold)}svg .pass{fill:var(--pass)}
svg .track{fill:var(--grid)}
svg .up{fill:var(--mark)}svg .down{fill:var(--other)}
.key{display:inline-block;width:.8rem;height:.8rem;vertical-align:-.05rem;background:var(--mark)}
.key.down{background:var(--other)}
.key.line{background:none;border-top:3px solid var(--other);height:0;vertical-align:.25rem}
summary{cursor:pointer;color:var(--link);padding:.2rem 0}
@media print{body{max-width:none;padding:0;font-size:10pt}nav,.skip{display:none}.card{content-visibility:visible;break-inside:avoid}.scroll{overflow:visible}a{color:inherit;text-decoration:none}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media (forced-colors:active){svg .mark,svg .up{fill:CanvasText}svg text{fill:CanvasText}.key{background:CanvasText}}
`;
